import { execFileSync } from "node:child_process";
import { closeSync, openSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { dialUdp } from "../../../plugins/transport/datagram.ts";
import { dial } from "../../../plugins/transport/dial.ts";
import { declineIfShort } from "../../../plugins/transport/shortage.ts";
import { CheckDeclined } from "../../../sdk/index.ts";
import { Resolver } from "../../../sdk/resolve.ts";
import { checkLeaks } from "../../support/leaks.ts";

checkLeaks();

const context = { resolver: new Resolver(), signal: new AbortController().signal };

/** Runs it while this process has no descriptor left, and returns its error. */
async function withoutDescriptors(act: () => Promise<unknown>): Promise<unknown> {
  const limit = (soft: number | string) =>
    execFileSync("prlimit", [`--pid=${process.pid}`, `--nofile=${soft}:`]);
  const before =
    /^Max open files +([0-9]+)/m.exec(
      execFileSync("cat", [`/proc/${process.pid}/limits`], { encoding: "utf8" }),
    )?.[1] ?? "";
  const [soft, taken] = [Math.max(...readdirSync("/proc/self/fd").map(Number)) + 20, [] as number[]];
  limit(soft);
  try {
    try {
      for (;;) taken.push(openSync("/dev/null", "r"));
    } catch {
      // this is the last one
    }
    return await act().catch((error: unknown) => error);
  } finally {
    for (const fd of taken) closeSync(fd);
    limit(before);
  }
}

describe("a socket for which there is no descriptor", () => {
  it.each([
    ["of TCP", () => dial({ host: "127.0.0.1", port: 9 }, context)],
    ["of UDP", () => dialUdp({ host: "127.0.0.1", port: 9 }, context)],
    ["of a name", () => dial({ host: "no-such-name.invalid", port: 9 }, context)],
    ["of a path", () => dial({ path: "/nonexistent" }, context)],
  ])("%s is no state of the server: it is left to the plugin", async (_, act) => {
    const error = await withoutDescriptors(act);
    expect(error).toBeInstanceOf(CheckDeclined);
    expect(error).toMatchObject({ message: "no file descriptors are left", cause: { code: "EMFILE" } });
  });
});

it.each(["ENFILE", "ENOBUFS", "ENOMEM", "EADDRNOTAVAIL"])("%s is left to the plugin, too", (code) => {
  expect(() => declineIfShort(Object.assign(new Error(code), { code }))).toThrow(CheckDeclined);
});

it.each(["ECONNREFUSED", "EHOSTUNREACH", "ETIMEDOUT"])("%s is an answer", (code) => {
  expect(() => declineIfShort(Object.assign(new Error(code), { code }))).not.toThrow();
});
