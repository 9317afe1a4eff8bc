import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";

/** The URL of this module, for another process that needs `provideSdk`. */
export const RESOLVER_URL = import.meta.url;

/** The one SDK of this process. The worker would not know the errors of a second one. */
const SDK: Readonly<Record<string, string>> = {
  "omd-worker/sdk": ownFile("../../../sdk/index"),
  "omd-worker/sdk/testing": ownFile("../../../sdk/testing"),
};

/** The mark on URLs of a site's files. Node reads a file again only if its URL is new. */
const MARK = /\?omd-worker=[0-9]+$/;

export function markUrl(url: string, reading: number): string {
  return `${url}?omd-worker=${reading}`;
}

/**
 * From now on every module can import `omd-worker/sdk`, in whichever folder it lies. A file that a marked
 * module imports from its own folder gets the same mark, so it is read again together with the module. Such
 * files are ES modules, with types or without, whatever a package.json near them says.
 */
export function provideSdk(): Disposable {
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const sdk = SDK[specifier];
      if (sdk !== undefined) return { url: sdk, shortCircuit: true };
      if (/^omd-worker(?:\/|$)/.test(specifier) && MARK.test(context.parentURL ?? ""))
        throw new Error(`a check imports from "omd-worker/sdk", not from "${specifier}"`);
      const resolved = next(specifier, context);
      if (MARK.test(resolved.url)) return { ...resolved, format: formatOf(resolved.url) };
      const [mark] = MARK.exec(context.parentURL ?? "") ?? [];
      if (mark === undefined || !/^\.\.?\//.test(specifier)) return resolved;
      return { ...resolved, url: resolved.url + mark, format: formatOf(resolved.url) ?? resolved.format };
    },
  });
  return { [Symbol.dispose]: () => hooks.deregister() };
}

/** The same as paths, for the configuration of an editor. */
export const SDK_FILES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(SDK).map(([name, url]) => [name, fileURLToPath(url)]),
);

function formatOf(url: string): string | undefined {
  if (/\.m?ts(?:\?|$)/.test(url)) return "module-typescript";
  return /\.m?js(?:\?|$)/.test(url) ? "module" : undefined;
}

/** The SDK's file has the extension of this file, which may be a source or built. */
function ownFile(path: string): string {
  const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
  return new URL(path + extension, import.meta.url).href;
}
