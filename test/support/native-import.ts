import { compileFunction, constants } from "node:vm";

/** Node's own `import()` in place of vitest's, so that hooks of node:module are called. */
export const nativeImport: (url: string) => Promise<object> = compileFunction("return import(url)", ["url"], {
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
}) as (url: string) => Promise<object>;
