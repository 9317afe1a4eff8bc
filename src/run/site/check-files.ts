import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** A file that may hold checks. */
export interface CheckFile {
  readonly path: string;
  /** Changes when the file changes, or a file of the same folder that it may import. */
  readonly fingerprint: string;
}

const MODULE = /^[^.].*\.m?[jt]s$/;
const CHECK = /^check_/;
const NO_CHECK = /\.(?:test|spec|d)\.m?[jt]s$/;

/** The files of a folder, sorted by name. A folder that does not exist, or cannot be read, has no files. */
export async function findCheckFiles(folder: string): Promise<readonly CheckFile[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => MODULE.test(name)).sort();
  const files = await Promise.all(
    names
      .filter((name) => !NO_CHECK.test(name))
      .map(async (name) => ({ name, path: join(folder, name), state: await readState(join(folder, name)) })),
  );
  const beside = files.filter(({ name }) => !CHECK.test(name)).map(({ name, state }) => `${name} ${state}`);
  return files
    .filter(({ name, state }) => CHECK.test(name) && state !== undefined)
    .map(({ path, state }) => ({ path, fingerprint: [state, ...beside].join("\n") }));
}

async function readState(path: string): Promise<string | undefined> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(" ");
  } catch {
    return undefined;
  }
}
