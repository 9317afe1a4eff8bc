import { registerHooks } from "node:module";

/** For a process of its own that needs `provideSdk`. */
export const RESOLVER_URL = import.meta.url;

/** The one SDK of this process: what a check throws must be what the worker knows. */
const SDK: Readonly<Record<string, string>> = {
  "omd-worker/sdk": ownFile("../../../sdk/index"),
  "omd-worker/sdk/testing": ownFile("../../../sdk/testing"),
};

/** Marks a site's files: a URL that was not loaded before is read anew. */
const MARK = /\?omd-worker=[0-9]+$/;

export function markUrl(url: string, reading: number): string {
  return `${url}?omd-worker=${reading}`;
}

/**
 * From here on every module finds `omd-worker/sdk`, wherever it lies, and what a marked module imports of its own folder is marked as
 * it is, so that it is read anew with it. Such files are ES modules, with types or without, whatever a package.json near them says.
 */
export function provideSdk(): Disposable {
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const sdk = SDK[specifier];
      if (sdk !== undefined) return { url: sdk, shortCircuit: true };
      const resolved = next(specifier, context);
      if (MARK.test(resolved.url)) return { ...resolved, format: formatOf(resolved.url) };
      const [mark] = MARK.exec(context.parentURL ?? "") ?? [];
      if (mark === undefined || !/^\.\.?\//.test(specifier)) return resolved;
      return { ...resolved, url: resolved.url + mark, format: formatOf(resolved.url) ?? resolved.format };
    },
  });
  return { [Symbol.dispose]: () => hooks.deregister() };
}

function formatOf(url: string): string | undefined {
  if (/\.m?ts(?:\?|$)/.test(url)) return "module-typescript";
  return /\.m?js(?:\?|$)/.test(url) ? "module" : undefined;
}

/** As this file is: a source, or built. */
function ownFile(path: string): string {
  const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
  return new URL(path + extension, import.meta.url).href;
}
