import { globSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { defineConfig, type Plugin, type RolldownOptions } from "rolldown";

/**
 * Makes one file of each program and of each command that people and scripts call often and that ends at once:
 * every file of the fifty that tsc has written costs a millisecond or two of the start. All other commands
 * stay as they are. So is the worker made one file, with a few more for what it loads later, as five hundred
 * cost half of its start.
 */
const TOOLS = ["send", "check-gearman", "top", "run-and-send", "send-multi"];
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
  ...globSync(`${CLI}/commands/*.js`),
  ...["command", "help", "version", "worker-conf", "manual/render/explain"].map(
    (name) => `${CLI}/${name}.js`,
  ),
]);

/** An import of a built-in module asks for every one of its exports, which loads more modules: WebCrypto. */
const builtinsByName: Plugin = {
  name: "builtins-by-name",
  renderChunk: (code) =>
    code.replace(
      /^import \{([^}]*)\} from "(node:[^"]*)";$/gm,
      (_, names: string, id: string) =>
        `const {${names.replaceAll(" as ", ": ")}} = process.getBuiltinModule("${id}");`,
    ),
};

/** A module finds what lies beside its file in `dist`, wherever its code has come to lie. */
const placesOfFiles: Plugin = {
  name: "places-of-files",
  transform: (code, id) =>
    code.replaceAll(
      "import.meta.url",
      `new URL(${JSON.stringify(relative(dirname(worker), id))}, import.meta.url).href`,
    ),
};

/** Its packages stay where they are. */
const WORKER: RolldownOptions = {
  input: { run: worker },
  platform: "node",
  external: (id) => !/^[./]/.test(id),
  plugins: [placesOfFiles],
  output: {
    dir: dirname(worker),
    format: "esm",
    entryFileNames: "[name].js",
    chunkFileNames: "run-[name].js",
  },
};

/** A program checks the version of Node.js before it links `main`. */
function staysOutside(input: string, file: string): boolean {
  return programs.includes(input) ? file === main : input === main && lazy.has(file);
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
        minify: { mangle: false, compress: true, codegen: { removeWhitespace: true } },
      },
    }),
  ),
]);
