import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { describe, expect, it, vi } from "vitest";
import { checkMssql } from "../../../plugins/mssql/check_mssql.ts";
import { checkMssqlHealth } from "../../../plugins/mssql/check_mssql_health.ts";
import { MSSQL_POOL } from "../../../plugins/mssql/client/pool.ts";
import { NATIVE_DB_POOL } from "../../../plugins/transport/databases/settings.ts";
import { type Check, CheckDeclined, CheckFailure } from "../../../sdk/index.ts";
import { SharedValues } from "../../../sdk/shared.ts";
import { checkLeaksOfFile } from "../../support/leaks.ts";
import { seededRandom } from "../../support/random.ts";
import { answerAs } from "../../support/tds/sql-server.ts";
import { type Reply, TdsServer, type TdsServerOptions } from "../../support/tds/tds-server.ts";
import { INSTANCES } from "./instances.ts";

checkLeaksOfFile();

const PASSWORD = "do-not-tell-this";
const usual = answerAs(INSTANCES["usual"] ?? { version: "", service: "" });

const withReply = (instead: Reply): TdsServerOptions => ({
  users: { mon: PASSWORD },
  answer: (sql) => (sql.includes("select 42") ? instead : usual(sql)),
});

/** Servers that speak TDS, up to a point. */
const TDS: Readonly<Record<string, TdsServerOptions>> = {
  "hangs before the answer": withReply({ instead: "hang" }),
  "dies in the middle of the answer": withReply({ ...usual("select 42"), instead: "drop" }),
  "refuses the login": { ...withReply({}), users: { mon: "another" } },
  "has no room": { ...withReply({}), most: 0 },
};

/** Servers that do not. */
const JUNK: Readonly<Record<string, (socket: Socket) => void>> = {
  "hangs after accepting": () => {},
  "closes at once": (socket) => socket.end(),
  "resets at once": (socket) => socket.resetAndDestroy(),
  "is no SQL Server": (socket) => socket.end("220 hello\r\n"),
  "sends a packet that is too short": (socket) => socket.write(Buffer.from([4, 1, 0, 3, 0, 0, 0, 0])),
  "sends a prelogin that ends in the middle": (socket) =>
    socket.end(Buffer.from([4, 1, 0, 20, 0, 0, 1, 0, 0, 0, 200])),
  "sends random bytes": (socket) => {
    const random = seededRandom(5);
    socket.write(Buffer.from(Array.from({ length: 4000 }, () => Math.floor(random() * 256))));
  },
};

interface Asked {
  readonly said: string;
  readonly log: readonly string[];
  readonly kept: number;
}

async function ask(check: Check, port: number, words: readonly string[]): Promise<Asked> {
  const log: string[] = [];
  await using shared = new SharedValues({
    log: (line) => log.push(line),
    settings: () => new Map([[NATIVE_DB_POOL, true]]),
  });
  const context = {
    signal: AbortSignal.timeout(20_000),
    shared: shared.get.bind(shared),
    log: (line: string) => log.push(line),
    execute: () => Promise.reject(new Error("no command was declared")),
  };
  const argv = check === checkMssql ? ["-H", "127.0.0.1", "-P"] : ["--hostname", "127.0.0.1", "--port"];
  const said = await check
    .understand([...argv, String(port), ...words])
    ?.run(context)
    .then(({ returnCode, output }) => `${returnCode} ${output}`, tell);
  return { said: said ?? "not understood", log, kept: shared.get(MSSQL_POOL).size };
}

function tell(error: unknown): string {
  if (error instanceof CheckDeclined) return `left, otherwise ${error.otherwise?.message}`;
  return error instanceof CheckFailure ? `${error.state} ${error.message}` : `fault: ${error}`;
}

const OWN = ["-u", "mon", "-p", PASSWORD, "--encrypt=no", "-t", "3", "-q", "select 42"];
const HEALTH = [
  "--username",
  "mon",
  "--password",
  PASSWORD,
  "-t",
  "4",
  "--mode",
  "sql",
  "--name",
  "select 42",
];
const CHECKS = [
  ["check_mssql", checkMssql, OWN, /^2 MSSQL CRITICAL - /],
  [
    "check_mssql_health",
    checkMssqlHealth,
    HEALTH,
    /^(?:left, otherwise CRITICAL - |2 CRITICAL - |3 UNKNOWN - )/,
  ],
] as const;

// They wait most of the time.
describe.concurrent.each(CHECKS)("%s and a server that", (_, check, words, expected) => {
  it.each(Object.entries(TDS))("%s", { timeout: 60_000 }, async (_name, options) => {
    await using server = await TdsServer.start(options);
    const { said, log, kept } = await ask(check, server.port, words);
    expect(said).toMatch(expected);
    expect(kept).toBe(0);
    expect(`${said}${log.join()}`).not.toContain(PASSWORD);
    await vi.waitFor(() => expect(server.open).toBe(0));
  });

  it.each(Object.entries(JUNK))("%s", { timeout: 60_000 }, async (_name, serve) => {
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.resume();
      serve(socket);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { said, log, kept } = await ask(check, (server.address() as AddressInfo).port, words);
    expect(said).toMatch(expected);
    expect(kept).toBe(0);
    expect(`${said}${log.join()}`).not.toContain(PASSWORD);
    server.close();
  });

  it("sends its bytes one by one", { timeout: 60_000 }, async () => {
    await using server = await TdsServer.start({ ...withReply(usual("select 42")), isSlow: true });
    expect((await ask(check, server.port, words.with(words.indexOf("-t") + 1, "40"))).said).toContain("42");
  });
});

it("has its connections for good checks after broken ones", { timeout: 60_000 }, async () => {
  const good = usual("select 42");
  let reply: Reply = { ...good, instead: "drop" };
  await using server = await TdsServer.start({
    users: { mon: PASSWORD },
    answer: (sql) => (sql.includes("select 42") ? reply : usual(sql)),
  });
  await using shared = new SharedValues({ log: () => {}, settings: () => new Map([[NATIVE_DB_POOL, true]]) });
  const run = async () =>
    await checkMssql.understand(["-H", "127.0.0.1", "-P", String(server.port), ...OWN])?.run({
      signal: AbortSignal.timeout(20_000),
      shared: shared.get.bind(shared),
      log: () => {},
      execute: () => Promise.reject(new Error("no command was declared")),
    });
  await expect(run()).rejects.toThrow("the server has closed the connection");
  expect(shared.get(MSSQL_POOL).size).toBe(0);
  reply = good;
  expect((await run())?.output).toContain("value is 42");
  expect((await run())?.output).toContain("value is 42");
  expect(server.logins).toBe(2);
  server.dropAll();
  await vi.waitFor(() => expect(server.open).toBe(0));
  expect((await run())?.output).toContain("value is 42");
  expect(server.logins).toBe(3);
});
