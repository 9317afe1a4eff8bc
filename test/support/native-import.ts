import { compileFunction, constants } from "node:vm";

/** Node's own `import()`, past vitest's, so that hooks of node:module are asked. */
export const nativeImport: (url: string) => Promise<object> = compileFunction("return import(url)", ["url"], {
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
}) as (url: string) => Promise<object>;
