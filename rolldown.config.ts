import { globSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { defineConfig, type Plugin, type RolldownOptions } from "rolldown";
import {
  importAtOnce,
  importBuiltinsByName,
  placeFile,
  requireOnFirstUse,
} from "./packaging/rewrite-code.ts";

/**
 * Makes one file of each program and of each command that people and scripts call often and that ends at once:
 * every file of the fifty that tsc has written costs a millisecond or two of the start. All other commands
 * stay as they are. So is the worker made one script, as five hundred files cost half of its start.
 */
const TOOLS = ["send", "check-gearman", "top", "run-and-send", "send-multi", "notify"];
const PROGRAMS = [
  "omd-worker",
  "mod_gearman_worker",
  "send_gearman",
  "check_gearman",
  "gearman_top",
  "send_multi",
];

const CLI = resolve("dist/src/cli");
const main = `${CLI}/main.js`;
const programs = PROGRAMS.map((name) => `${CLI}/${name}.js`);
const worker = `${CLI}/commands/run.js`;
const tools = TOOLS.map((name) => `${CLI}/commands/${name}.js`);
/** What `main` loads only when it is needed. */
const lazy = new Set([
  ...globSync(`${CLI}/{commands,zulip}/*.js`),
  ...["command", "help", "version", "worker-conf", "manual/render/explain"].map(
    (name) => `${CLI}/${name}.js`,
  ),
]);

/** What a tool loads only when it is asked to: it would bring more of Node.js with it. */
const later = new Set([`${CLI}/zulip/notify-now.js`]);

/** An import of a built-in module asks for every one of its exports, which loads more modules: WebCrypto. */
const builtinsByName: Plugin = { name: "builtins-by-name", renderChunk: importBuiltinsByName };

/** A module finds what lies beside its file in `dist`, wherever its code has come to lie. */
const placesOfFiles: Plugin = {
  name: "places-of-files",
  transform: (code, id) => placeFile(code, relative(dirname(worker), id)),
};

/**
 * Loads each package and each module of Node.js when it is used first: few workers need TLS, HTTP or threads of
 * a site.
 */
const modulesOnFirstUse: Plugin = { name: "modules-on-first-use", renderChunk: requireOnFirstUse };

/**
 * Imports at once what a module would import later. The code is in the file anyway; a module that is also
 * imported later becomes a function around its code, of which V8 makes slower code.
 */
const importsAtOnce: Plugin = { name: "imports-at-once", transform: importAtOnce };

/** A function around the code, of ASCII: V8 takes two bytes for each character of other texts. */
const scriptOfAscii: Plugin = {
  name: "script-of-ascii",
  generateBundle(_, bundle) {
    for (const file of Object.values(bundle)) {
      if (file.type !== "chunk") continue;
      const code = file.code.replace(
        /[^\0-\x7f]/g,
        (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
      );
      file.code = `(function (exports, require, __filename) {"use strict"; ${code}})`;
    }
    this.emitFile({ type: "asset", fileName: "run.js", source: LOADER });
  },
};

/** What the build puts in the place of the worker's module. */
const LOADER = `import { loadScript } from "../code/load-script.js";
const { exports } = loadScript(new URL("run.cjs", import.meta.url));
export const { runWorker } = exports;
`;

/**
 * Its packages stay where they are. It is a script, because only of a script can Node.js read the compiled code
 * from a file of ours. It keeps its lines, for the stacks of errors, but not its comments.
 */
const WORKER: RolldownOptions = {
  input: { run: worker },
  platform: "node",
  external: (id) => !/^[./]/.test(id),
  plugins: [placesOfFiles, importsAtOnce, modulesOnFirstUse, scriptOfAscii],
  output: {
    dir: dirname(worker),
    format: "cjs",
    entryFileNames: "[name].cjs",
    codeSplitting: false,
    comments: false,
    minify: { mangle: false, compress: true, codegen: { removeWhitespace: false } },
  },
};

/** A program checks the version of Node.js before it links `main`. */
function staysOutside(input: string, file: string): boolean {
  if (programs.includes(input)) return file === main;
  return later.has(file) || (input === main && lazy.has(file));
}

export default defineConfig([
  WORKER,
  ...[...programs, main, ...tools].map(
    (input): RolldownOptions => ({
      input,
      platform: "node",
      external: (id, importer) => importer !== undefined && staysOutside(input, resolve(importer, "..", id)),
      // An old Node.js has no getBuiltinModule, and is to be told that it is too old.
      plugins: programs.includes(input) ? [] : [builtinsByName],
      output: {
        file: input,
        format: "esm",
        codeSplitting: false,
        comments: false,
        minify: { mangle: false, compress: true, codegen: { removeWhitespace: true } },
      },
    }),
  ),
]);
