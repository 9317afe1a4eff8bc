import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { createLog } from "../../src/log.ts";
import { renderSyslog, Syslog } from "../../src/system/syslog.ts";
import { createFolder } from "../support/folder.ts";
import { checkLeaks } from "../support/leaks.ts";
import { receiveDatagrams } from "../support/processes/datagram-receiver.ts";
import { hasServer } from "../support/servers/installed.ts";

checkLeaks();

const TIME = new Date(2026, 10, 3, 7, 6, 5).getTime();
const AS_TEXT = { ident: "omd-worker", format: "text" } as const;
const HEAD = `Nov  3 07:06:05 omd-worker[${process.pid}]:`;

describe("a line of the log is, for syslog,", () => {
  it.each([
    [10, 15],
    [20, 15],
    [30, 14],
    [40, 12],
    [50, 11],
  ])("of level %i a datagram of the priority %i", (level, priority) => {
    const json = JSON.stringify({ level, time: TIME, msg: "a text", via: "plugin" });
    expect(renderSyslog(json, AS_TEXT)).toBe(`<${priority}>${HEAD} a text (via=plugin)`);
  });

  it("one line, whatever a plugin has printed", () => {
    const json = JSON.stringify({ level: 30, time: TIME, msg: "one\n<0>two", output: "a\nb" });
    expect(renderSyslog(json, AS_TEXT)).toBe(`<14>${HEAD} one\\n<0>two (output=a\\nb)`);
  });

  it("the object itself with log_format=json", () => {
    const json = JSON.stringify({ level: 30, time: TIME, msg: "text" });
    expect(renderSyslog(`${json}\n`, { ident: "omd-worker", format: "json" })).toBe(`<14>${HEAD} ${json}`);
  });
});

const without = () => {
  throw new Error("perl is missing");
};

it("a log writes to syslog, and its last line arrives", async () => {
  using folder = createFolder();
  const socket = join(folder.path, "log");
  await using receiver = await receiveDatagrams(socket);
  {
    await using syslog = new Syslog({ ...AS_TEXT, socket, without });
    const log = createLog({ debug: 0, file: undefined, format: "text", onto: syslog.write });
    log.debug("not wanted");
    log.info({ queue: "service" }, "Lüfter");
    log.setDebug(1);
    log.debug("wanted");
    log.error("the last");
  }
  await receiver.until("the last");
  const said = receiver.received.map((datagram) => datagram.replace(/^(<\d+>).{15} /, "$1"));
  const tag = `omd-worker[${process.pid}]:`;
  expect(said).toEqual([`<14>${tag} Lüfter (queue=service)`, `<15>${tag} wanted`, `<11>${tag} the last`]);
});

it.skipIf(!hasServer("logger"))("a datagram is as logger writes it", async () => {
  using folder = createFolder();
  const socket = join(folder.path, "log");
  await using receiver = await receiveDatagrams(socket);
  const words = ["--socket", socket, "--tag", "omd-worker", `--id=${process.pid}`, "--priority", "user.err"];
  await execa("logger", [...words, "the text"]);
  const theirs = await receiver.until("the text");
  const time = new Date(`${theirs.slice(4, 19)} 2026`).getTime();
  const json = JSON.stringify({ level: 50, time, msg: "the text" });
  expect(renderSyslog(json, AS_TEXT)).toBe(theirs);
});
