import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { errorCode, errorText } from "../../error-text.ts";
import { makeFolder } from "../../open-file.ts";
import type { Io } from "../io.ts";
import { renderTsconfig } from "./editor.ts";
import { renderNewCheck, renderNewTest } from "./template.ts";

const NAME = /^check_[a-z0-9][a-z0-9_]*$/;

/** Writes a check and its test. Undefined: the words are not understood. */
export async function newPlugin(argv: readonly string[], io: Io): Promise<number | undefined> {
  const asked = readArguments(argv);
  if (asked === undefined) return undefined;
  const { name, folder } = asked;
  if (!NAME.test(name)) {
    io.stderr(`${name}: a check is called check_, and then small letters, digits and _\n`);
    return 1;
  }
  const files = { [`${name}.ts`]: renderNewCheck(name), [`${name}.test.ts`]: renderNewTest(name) };
  try {
    makeFolder(folder);
    for (const [file, text] of Object.entries(files))
      await writeFile(join(folder, file), text, { flag: "wx" });
    await writeOnce(join(folder, "tsconfig.json"), renderTsconfig());
  } catch (error) {
    io.stderr(`${reasonOf(error)}\n`);
    return 1;
  }
  io.stdout(renderNextSteps(name, folder));
  return 0;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error) || errorCode(error) !== "EEXIST") return errorText(error);
  return `${"path" in error ? error.path : "a file of this name"} is there already, and is not overwritten: choose another name`;
}

/** A folder has one for all its checks, which the site may have changed. */
async function writeOnce(path: string, text: string): Promise<void> {
  await writeFile(path, text, { flag: "wx" }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
}

function readArguments(argv: readonly string[]): { name: string; folder: string } | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options: { dir: { type: "string", default: "." } },
      allowPositionals: true,
    });
    const [name, ...more] = positionals;
    return name === undefined || more.length > 0 ? undefined : { name, folder: values.dir };
  } catch {
    return undefined;
  }
}

function renderNextSteps(name: string, folder: string): string {
  const file = join(folder, name);
  return `${file}.ts and ${file}.test.ts are written, and tsconfig.json for your editor. Try them:
  omd-worker plugin test ${file}.test.ts
  omd-worker check --plugin_path=${resolve(folder)} -- ${name} -w 10 7 8
The worker takes them from the folders plugin_path= names in worker.conf, and again whenever they change.
`;
}
