import { mkdtempSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { checkMysqlQuery } from "../../../../plugins/mysql/check_mysql_query.ts";
import { NATIVE_DB_POOL } from "../../../../plugins/transport/databases/settings.ts";
import { SharedValues } from "../../../../sdk/shared.ts";
import { runCheck } from "../../../../sdk/testing.ts";
import { FakeServers } from "../../../support/servers/fake-servers.ts";
import { error, greeting, OK, ONE, packet, speaker } from "../speaker.ts";

type Act = (socket: Socket) => void;

/** What a kept connection does with what it hears. */
interface Kept {
  readonly ping?: Act;
  readonly query?: Act;
}

const PONG = packet(1, OK);

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

  const ask = async (port: number, sql: string) => {
    const words = ["-H", "127.0.0.1", "-P", String(port), "-u", "mon", "-p", "x", "-q", sql];
    const { returnCode, output } = await runCheck(checkMysqlQuery, words, { shared });
    return { returnCode, output };
  };
  const WELL = {
    returnCode: 0,
    output: "QUERY OK: 'select 1' returned 1.000000 | result=1.000000;;;\n",
  };

  /** A server whose first connection acts in its own way as soon as it was kept. */
  const serve = async ({ ping, query }: Kept) => {
    const asked = new Set<Socket>();
    let first: Socket | undefined;
    const tell = (what: string, act: Act | undefined, usual: Buffer) => (socket: Socket) => {
      heard.push(`${what} ${socket === first ? 1 : 2}`);
      if (socket === first && act !== undefined && asked.has(socket)) act(socket);
      else socket.write(usual);
      if (what !== "ping") asked.add(socket);
    };
    const port = await servers.tcp(
      speaker({
        login: (socket) => {
          first ??= socket;
          logins += 1;
          socket.write(packet(2, OK));
        },
        ping: tell("ping", ping, PONG),
        query: tell("query", query, ONE),
      }),
    );
    return async () => await ask(port, "select 1");
  };

  it.each([
    ["a query that only reads is sent to MariaDB in one packet with the ping", false, "select 1", [14, 3]],
    ["one that may leave something behind is sent after the ping", false, "set @a = 1", [14], [3]],
    ["MySQL, and proxies that say they are it, get one after the other", true, "select 1", [14], [3]],
  ] as const)("%s", async (_, isMysql, sql, ...sent) => {
    const packets: number[][] = [];
    const usual = speaker({ ping: PONG }, greeting({ isMysql }));
    const port = await servers.tcp((socket) => {
      socket.on("data", (data) => packets.push(commandsIn(data)));
      usual(socket);
    });
    await ask(port, "select 1");
    await ask(port, sql);
    expect(packets.slice(2)).toEqual(sent);
  });

  const LOST: Readonly<Record<string, Kept>> = {
    "closes it without a word": { ping: (socket) => socket.end(), query: () => {} },
    "breaks it": { ping: (socket) => socket.destroy(), query: () => {} },
    "says that it was killed": {
      ping: (socket) => socket.end(error(1, 1927, "#70100Connection was killed")),
      query: () => {},
    },
    "has an error for the ping": { ping: (socket) => socket.write(error(1, 1047, "#08S01Unknown command")) },
    "says nothing more": { ping: () => {}, query: () => {} },
  };

  it.each(Object.entries(LOST))("a server that %s gets a new one, and the check is well", async (_, kept) => {
    const run = await serve(kept);
    expect(await run()).toEqual(WELL);
    expect(await run()).toEqual(WELL);
    expect([logins, heard]).toEqual([2, ["query 1", "ping 1", "query 1", "query 2"]]);
  });

  it("a server that ends in the middle of the query is not asked again", async () => {
    const run = await serve({ query: (socket) => socket.end(ONE.subarray(0, 20)) });
    await run();
    expect(await run()).toEqual({
      returnCode: 2,
      output: "QUERY CRITICAL: Error with query - Lost connection to server during query\n",
    });
    expect([logins, heard]).toEqual([1, ["query 1", "ping 1", "query 1"]]);
  });

  it.each([
    ["the end of the session", error(0, 1927, "#70100Connection was killed")],
    ["an answer without a question", ONE],
    ["a packet that is too large", Buffer.from([0xff, 0xff, 0xff, 0])],
  ])("%s behind an answer ends the connection, and the next check has a new one", async (_, behind) => {
    const port = await servers.tcp(
      speaker({
        login: (socket) => {
          logins += 1;
          socket.write(packet(2, OK));
        },
        query: (socket) => socket.write(logins === 1 ? Buffer.concat([ONE, behind]) : ONE),
        ping: PONG,
      }),
    );
    for (let check = 0; check < 3; check += 1) expect(await ask(port, "select 1")).toEqual(WELL);
    expect(logins).toBe(2);
  });

  it("both answers are read however they are cut, and nothing is written to stderr", async () => {
    using complaint = vi.spyOn(console, "error").mockImplementation(() => {});
    const all = Buffer.concat([PONG, ONE]);
    let at = 1;
    const ping = (socket: Socket) => {
      socket.setNoDelay(true).write(all.subarray(0, at));
      setImmediate(() => socket.write(all.subarray(at)));
    };
    const run = await serve({ ping, query: () => {} });
    await run();
    for (; at < all.length; at += 1) expect(await run()).toEqual(WELL);
    expect(logins).toBe(1);
    expect(complaint).not.toHaveBeenCalled();
  });
});

/** The numbers of the commands that a client has sent together. */
function commandsIn(data: Buffer): number[] {
  const end = 4 + data.readUIntLE(0, 3);
  return [data[4] ?? 0, ...(end < data.length ? commandsIn(data.subarray(end)) : [])];
}
