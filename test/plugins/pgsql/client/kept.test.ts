import { mkdtempSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { checkPgsql } from "../../../../plugins/pgsql/check_pgsql.ts";
import { NATIVE_DB_POOL } from "../../../../plugins/transport/databases/settings.ts";
import { SharedValues } from "../../../../sdk/shared.ts";
import { runCheck } from "../../../../sdk/testing.ts";
import { FakeServers } from "../../../support/servers/fake-servers.ts";
import { ACCEPTED, error, message, NOTHING, ONE, READY, speaker } from "../speaker.ts";

type Act = (socket: Socket) => void;

/** What a kept connection does with what it hears, and what all connections have heard. */
interface Kept {
  readonly proof?: Act;
  readonly query?: Act;
}

describe("on a connection that was kept", () => {
  const servers = new FakeServers();
  let shared: SharedValues;
  let heard: string[];
  let logins: number;
  beforeAll(() => void vi.stubEnv("HOME", mkdtempSync(join(tmpdir(), "home-"))));
  afterAll(async () => {
    vi.unstubAllEnvs();
    await servers[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    heard = [];
    logins = 0;
    shared = new SharedValues({ log: () => {}, settings: () => new Map([[NATIVE_DB_POOL, true]]) });
  });
  afterEach(() => shared[Symbol.asyncDispose]());

  /** A server whose first connection acts in its own way as soon as it was kept. */
  const serve = async ({ proof, query }: Kept) => {
    const asked = new Set<Socket>();
    let first: Socket | undefined;
    const tell = (socket: Socket, what: string, act: Act | undefined, usual: Buffer) => {
      heard.push(`${what} ${socket === first ? 1 : 2}`);
      if (socket === first && act !== undefined && asked.has(socket)) act(socket);
      else socket.write(usual);
      if (what !== "proof") asked.add(socket);
    };
    const port = await servers.tcp(
      speaker({
        login: (socket) => {
          first ??= socket;
          logins += 1;
          socket.write(ACCEPTED);
        },
        proof: (socket) => tell(socket, "proof", proof, NOTHING),
        query: (socket) => tell(socket, "query", query, ONE),
      }),
    );
    return async (sql = "select 1") => {
      const words = ["-H", "127.0.0.1", "-P", String(port), "-l", "mon", "-p", "x", "-t", "2", "-q", sql];
      return await runCheck(checkPgsql, words, { shared });
    };
  };
  const ASKED_AGAIN = ["query 1", "proof 1", "query 1", "query 2"];

  it.each([
    ["a query that only reads is sent in one packet with the proof", "select 1", ["Q.Q.select 1."]],
    ["one that may leave something behind is sent after the proof", "begin", ["Q.", "Q.begin."]],
  ])("%s", async (_, sql, sent) => {
    const packets: string[] = [];
    const usual = speaker({
      login: (socket) => socket.write(ACCEPTED),
      query: (socket) => socket.write(ONE),
    });
    const port = await servers.tcp((socket) => {
      socket.on("data", (data) => packets.push(data.toString("latin1").replace(/[^ -~]+/g, ".")));
      usual(socket);
    });
    const words = ["-H", "127.0.0.1", "-P", String(port), "-l", "mon", "-p", "x", "-q"];
    for (const query of ["select 2", sql])
      expect((await runCheck(checkPgsql, [...words, query], { shared })).returnCode).toBe(0);
    expect(packets.slice(2)).toEqual(["Q.select 2.", ...sent]);
  });

  const LOST: Readonly<Record<string, Kept>> = {
    "closes it without a word": { proof: (socket) => socket.end(), query: () => {} },
    "breaks it": { proof: (socket) => socket.destroy(), query: () => {} },
    "says that it ends it": {
      proof: (socket) => socket.end(error({ S: "FATAL", V: "FATAL", C: "57P01", M: "ended" })),
      query: () => {},
    },
    "says nothing more": { proof: () => {}, query: () => {} },
    "has an error for the proof": {
      proof: (socket) => socket.write(Buffer.concat([error({ S: "ERROR", C: "XX000", M: "no" }), READY])),
    },
  };

  it.each(Object.entries(LOST))("a server that %s gets a new one, and the check is well", async (_, kept) => {
    const run = await serve(kept);
    expect((await run()).returnCode).toBe(0);
    const { returnCode, output } = await run();
    expect({ returnCode, output }).toEqual({
      returnCode: 0,
      output: expect.stringMatching(/^ OK - .*\nQUERY OK - 'select 1' returned 1\.000000\|.*\n$/),
    });
    expect([logins, heard]).toEqual([2, ASKED_AGAIN]);
  });

  it("a server that ends in the middle of the query is not asked again", async () => {
    const run = await serve({ query: (socket) => socket.end(ONE.subarray(0, 20)) });
    await run();
    const { returnCode, output } = await run();
    expect(returnCode).toBe(2);
    expect(output).toMatch(
      /\nQUERY CRITICAL - Error with query: server closed the connection unexpectedly\n/,
    );
    expect([logins, heard]).toEqual([1, ["query 1", "proof 1", "query 1"]]);
  });

  it("a query that hangs after the proof has the whole time, and shows the time of the proof", async () => {
    const run = await serve({ query: () => {} });
    await run();
    const { returnCode, output } = await run();
    expect(returnCode).toBe(2);
    expect(output).toMatch(/^ OK - database template1 .*\nCRITICAL - Plugin timed out after 2 seconds\n$/);
    expect(logins).toBe(1);
  });

  it.each([
    ["a notice is shown once", message("N", "SNOTICE\0C00000\0Mhello\0\0"), 1, "NOTICE:  hello\n"],
    ["a parameter that changes is no answer", message("S", "TimeZone\0UTC\0"), 1, ""],
  ])("of what comes behind an answer: %s", async (_, behind, connections, stderr) => {
    const { words } = await serveBehind(behind);
    const [first, second] = [
      await runCheck(checkPgsql, words, { shared }),
      await runCheck(checkPgsql, words, { shared }),
    ];
    expect([first.returnCode, second.returnCode]).toEqual([0, 0]);
    // It belongs to the first check only if it was there at its end.
    expect(first.stderr + second.stderr).toBe(stderr);
    expect(logins).toBe(connections);
  });

  it.each([
    ["the end of the session", error({ S: "FATAL", C: "57P01", M: "ended" })],
    ["an answer without a question", ONE],
    ["a message of no known kind", message("~", "what")],
    ["word that the server takes a query", READY],
  ])("what libpq complains of behind an answer is left to it: %s", async (_, behind) => {
    const { words } = await serveBehind(behind);
    await expect(runCheck(checkPgsql, words, { shared })).rejects.toMatchObject({ name: "CheckDeclined" });
    expect((await runCheck(checkPgsql, words, { shared })).returnCode).toBe(0);
    expect(logins).toBe(2);
  });

  /** A server that says something behind its first answer. */
  async function serveBehind(behind: Buffer) {
    const port = await servers.tcp(
      speaker({
        login: (socket) => {
          logins += 1;
          socket.write(ACCEPTED);
        },
        query: (socket) => {
          heard.push("query");
          socket.write(heard.length === 1 ? Buffer.concat([ONE, behind]) : ONE);
        },
      }),
    );
    return { words: ["-H", "127.0.0.1", "-P", String(port), "-l", "mon", "-p", "x", "-q", "select 1"] };
  }

  it("both answers are read however they are cut", async () => {
    const all = Buffer.concat([NOTHING, ONE]);
    let at = 1;
    const proof = (socket: Socket) => {
      socket.setNoDelay(true).write(all.subarray(0, at));
      setImmediate(() => socket.write(all.subarray(at)));
    };
    const run = await serve({ proof, query: () => {} });
    await run();
    for (; at < all.length; at += 1) expect((await run()).output).toMatch(/returned 1\.000000/);
    expect(logins).toBe(1);
  });
});
