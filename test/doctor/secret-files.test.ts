import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { examineSecretFiles } from "../../src/doctor/secret-files.ts";
import { loadMinimal } from "../support/config/load-memory.ts";
import { createFolder } from "../support/folder.ts";

const KEY = "a_secret_key_of_the_site";
const { config } = loadMinimal(["services=yes"]);
const given = { ...config, encryption: true };

/** A folder that others may search, with a file of this mode. */
function withFile(mode: number, folderMode = 0o755) {
  const folder = createFolder();
  chmodSync(folder.path, folderMode);
  const path = join(folder.path, "secret");
  writeFileSync(path, KEY);
  chmodSync(path, mode);
  return { path, folder: folder.path, [Symbol.dispose]: () => folder[Symbol.dispose]() };
}

const found = (options: Partial<typeof given>, origins: Readonly<Record<string, string>> = {}) => {
  const from = new Map(Object.entries(origins).map(([name, file]) => [name, [{ file }]]));
  return examineSecretFiles({ ...given, ...options }, from).map(
    ({ severity, text }) => `${severity}: ${text}`,
  );
};

it.each<[string, (path: string, folder: string) => Partial<typeof given>]>([
  ["keyfile", (keyfile) => ({ keyfile })],
  ["server_keyfile", (path) => ({ serverKeyfile: [{ server: "gm:4730", path }] })],
  ["accepted_keyfile", (path) => ({ acceptedKeyfile: ["/nowhere/key", path] })],
  ["dupserver_keyfile", (dupserverKeyfile) => ({ dupserverKeyfile })],
  ["secret_dir", (_, secretDir) => ({ secretDir })],
  ["result_spool", (_, resultSpool) => ({ resultSpool })],
])("warns of a file of %s that every user may read, and of no closed one", (option, options) => {
  using open = withFile(0o644);
  expect(found(options(open.path, open.folder))).toEqual([
    `warning: every user of this machine may read or write the ${option} ${open.path}`,
  ]);
  using closed = withFile(0o640);
  expect(found(options(closed.path, closed.folder))).toEqual([
    `fine: files with secrets (${option}) are closed to other users`,
  ]);
  using hidden = withFile(0o644, 0o700);
  expect(found(options(hidden.path, hidden.folder))).toEqual([
    `fine: files with secrets (${option}) are closed to other users`,
  ]);
});

it.each(["key", "accepted_key", "dupserver_key", "status_page_auth"])(
  "warns of a file in which %s is written, and that every user may read",
  (option) => {
    using open = withFile(0o644);
    expect(found({}, { [option]: open.path })).toEqual([
      `warning: every user of this machine may read or write the ${option} ${open.path}`,
    ]);
    expect(found({}, { [option]: "command line" })).toEqual([]);
  },
);

it("warns of a folder in which every user may put another key in place", () => {
  using open = withFile(0o600, 0o777);
  expect(found({ keyfile: open.path })).toEqual([
    `warning: every user of this machine may put other files in place of the keyfile, in ${open.folder}`,
  ]);
  chmodSync(open.folder, 0o1777);
  expect(found({ keyfile: open.path })).toHaveLength(1);
  expect(found({ keyfile: open.path })[0]).toMatch(/^fine/);
});

it("names three files of many, and how many more there are", () => {
  using folder = createFolder();
  chmodSync(folder.path, 0o755);
  mkdirSync(join(folder.path, "subfolder"));
  for (const name of ["a", "b", "c", "d", "e"]) writeFileSync(join(folder.path, name), KEY, { mode: 0o644 });
  expect(found({ secretDir: folder.path })[0]).toMatch(/ and 2 more$/);
});

it("says nothing of a configuration without secrets, nor of a key that is not used", () => {
  using open = withFile(0o644);
  expect(found({})).toEqual([]);
  expect(found({ encryption: false, keyfile: open.path })).toEqual([]);
});
