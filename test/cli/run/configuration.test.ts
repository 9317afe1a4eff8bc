import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { CurrentConfiguration, loadForRun, reportConfig } from "../../../src/cli/run/configuration.ts";
import { Sources } from "../../../src/config/read/sources.ts";
import type { WorkerLog } from "../../../src/log.ts";
import { createFolder } from "../../support/folder.ts";

const OPEN = "server=gearmand.example\nencryption=no\nprometheus_server=:9050\nstatus_page=on\n";
const CLOSED = "server=gearmand.example\nkey=a_key_of_this_test\n";

it("what lets others in is in the log of a worker that starts, and of one that reloads", () => {
  using folder = createFolder();
  const file = join(folder.path, "w.conf");
  const argv = [`config=${file}`];
  const io = { stdout() {}, stderr() {}, env: {} };
  const warned: string[] = [];
  const warn = (text: unknown) => warned.push(String(text).replace(file, "FILE"));
  // Nothing else of it is used.
  const log = { warn, debug() {}, setDebug() {}, reopen() {} } as unknown as WorkerLog;
  const sources = new Sources();

  writeFileSync(file, OPEN);
  const loaded = loadForRun(argv, io, sources);
  reportConfig(loaded, log);
  const says = [
    expect.stringContaining("FILE:2: without encryption and TLS to gearmand.example:4730, "),
    expect.stringContaining("FILE:4: status_page=on shows names of hosts"),
  ];
  expect(warned.splice(0)).toEqual(says);

  const current = new CurrentConfiguration(loaded, { argv, io, sources, log });
  writeFileSync(file, CLOSED);
  current.readAgain();
  expect(warned.splice(0)).toEqual([]);
  writeFileSync(file, CLOSED.replace("a_key_of_this_test", "should_be_changed"));
  current.readAgain();
  expect(warned).toEqual([expect.stringContaining("FILE:2: key: this is the key of the sample file")]);
});
