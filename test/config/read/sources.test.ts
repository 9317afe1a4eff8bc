import { expect, it } from "vitest";
import { Sources } from "../../../src/config/read/sources.ts";
import { loadConfig } from "../../../src/index.ts";
import { memoryMachine } from "../../support/config/memory-machine.ts";

const FILES: Record<string, string> = {
  "/etc/w.conf": "config=/etc/parts\nserver=a\nkeyfile=/keys/gearman.key",
  "/etc/parts/queues.conf": "services=yes",
  "/keys/gearman.key": "a_key_of_this_test",
};

/** Reads a configuration of these files, as they are when a test changes them. */
function readSources(files = { ...FILES }) {
  const sources = new Sources();
  loadConfig(["config=/etc/w.conf"], sources.noting(memoryMachine({ files })));
  return { sources, files };
}

it("are the files, the folders that were included, and the key file", () => {
  const { sources } = readSources();
  expect(sources.files).toEqual(["/etc/w.conf", "/etc/parts/queues.conf", "/keys/gearman.key"]);
  expect(sources.folders).toEqual(["/etc/parts"]);
});

it("look the same as long as nothing has changed, and show nothing of what is in them", () => {
  const { sources } = readSources();
  expect(sources.look()).toBe(sources.read);
  expect(sources.look()).not.toContain("a_key_of_this_test");
});

it.each<[what: string, change: (files: Record<string, string>) => void]>([
  ["a file", (files) => Object.assign(files, { "/etc/w.conf": "server=b" })],
  ["an included file", (files) => Object.assign(files, { "/etc/parts/queues.conf": "hosts=yes" })],
  ["a new file in a folder", (files) => Object.assign(files, { "/etc/parts/more.conf": "" })],
  ["the key", (files) => Object.assign(files, { "/keys/gearman.key": "another_key_of_this_test" })],
  ["a file that is gone", (files) => delete files["/etc/w.conf"]],
])("look different after a change: %s", (_, change) => {
  const { sources, files } = readSources();
  change(files);
  expect(sources.look()).not.toBe(sources.read);
});

it("of a configuration that could not be used are known, too", () => {
  const sources = new Sources();
  const files = { "/etc/w.conf": "server=a\nkeyfile=/keys/gone" };
  const machine = sources.noting(memoryMachine({ files }));
  expect(() => loadConfig(["config=/etc/w.conf"], machine)).toThrow("keyfile");
  expect(sources.files).toEqual(["/etc/w.conf", "/keys/gone"]);
  expect(sources.look()).toBe(sources.read);
});

it("that can be read once only are left out", () => {
  const sources = new Sources();
  sources.noting(memoryMachine({ files: { "/dev/stdin": "server=a" } })).readFile("/dev/stdin");
  expect(sources.files).toEqual([]);
});
