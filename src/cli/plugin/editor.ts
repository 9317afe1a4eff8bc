import { createRequire } from "node:module";
import { dirname } from "node:path";
import { SDK_FILES } from "../../run/site/resolve-sdk.ts";

/**
 * The tsconfig.json of a folder of checks, for `tsc` and editors. There is no package in the folder, so the
 * SDK and the types of Node.js are named by their paths in this installation.
 */
export function renderTsconfig(): string {
  const typeRoot = findTypes();
  const config = {
    compilerOptions: {
      target: "es2024",
      lib: ["es2025", "esnext.disposable", ...(typeRoot === undefined ? ["dom"] : [])],
      module: "esnext",
      moduleResolution: "bundler",
      moduleDetection: "force",
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      allowJs: true,
      allowImportingTsExtensions: true,
      erasableSyntaxOnly: true,
      verbatimModuleSyntax: true,
      ...(typeRoot !== undefined && { typeRoots: [typeRoot], types: ["node"] }),
      paths: Object.fromEntries(
        Object.entries(SDK_FILES).map(([name, file]) => [name, [file.replace(/\.js$/, ".d.ts")]]),
      ),
    },
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** The folder of `@types/node`. */
function findTypes(): string | undefined {
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve("@types/node/package.json")));
  } catch {
    return undefined;
  }
}
