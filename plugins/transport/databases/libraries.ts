import { readdir, realpath } from "node:fs/promises";

const LIBRARIES = "/usr/lib";

/** The files that a name of a shared library stands for on this machine, where the linker looks for it. */
export async function findLibrary(soname: string): Promise<readonly string[]> {
  const folders = (await readdir(LIBRARIES).catch(() => [])).filter((name) => name.endsWith("-linux-gnu"));
  const places = [LIBRARIES, "/usr/lib64", "/lib64", ...folders.map((name) => `${LIBRARIES}/${name}`)];
  const found = await Promise.all(
    places.map((place) => realpath(`${place}/${soname}`).catch(() => undefined)),
  );
  return [...new Set(found.filter((path) => path !== undefined))];
}
