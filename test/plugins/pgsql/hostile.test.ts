import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { checkPgsql } from "../../../plugins/pgsql/check_pgsql.ts";
import { runCheck } from "../../../sdk/testing.ts";
import { seededRandom } from "../../support/random.ts";
import { FakeServers, type Serve } from "../../support/servers/fake-servers.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { Postgresql } from "../../support/servers/postgresql.ts";
import { execute, findPlugin } from "../core/real-plugins.ts";
import { compareWithPlugin } from "../differential.ts";
import { normalise } from "../oracle.ts";
import { ACCEPTED, authentication, error, message, ONE, READY, says, speaker } from "./speaker.ts";

const FATAL = { S: "FATAL", V: "FATAL", C: "53300", M: "sorry, too many clients already" };

const NOTICE = message("N", "SNOTICE\0C00000\0Mhello\0\0");

/** The driver would look for the end of its fields for ever. */
const ENDLESS = message("E", "SFATAL\0Mno\0");

/** Servers about which check and plugin say the same. */
const SAME: Readonly<Record<string, Serve>> = {
  "hangs after accepting": () => {},
  "hangs after the request for TLS": speaker({}),
  "hangs before the answer": speaker({ login: (socket) => socket.write(ACCEPTED) }),
  "closes at once": (socket) => socket.end(),
  "closes after the request for TLS": speaker({ tls: (socket) => socket.end() }),
  "closes after the login": speaker({ login: (socket) => socket.end() }),
  "closes before the answer": speaker({
    login: (socket) => socket.write(ACCEPTED),
    query: (socket) => socket.end(),
  }),
  "closes in the middle of an answer": speaker({
    login: (socket) => socket.write(ACCEPTED),
    query: (socket) => socket.end(ONE.subarray(0, 20)),
  }),
  "says why before it closes": speaker({
    login: (socket) => socket.write(ACCEPTED),
    query: (socket) => socket.end(error({ ...FATAL, C: "57P01", M: "going down" })),
  }),
  "has no room": speaker({ login: (socket) => socket.end(error(FATAL)) }),
  "refuses the login twice": speaker({
    login: (socket) => socket.end(Buffer.concat([error(FATAL), error({ ...FATAL, M: "once more" })])),
  }),
  "refuses twice what it has accepted": speaker({
    login: (socket) =>
      socket.end(Buffer.concat([authentication(0), error(FATAL), error({ ...FATAL, M: "once more" })])),
  }),
  "refuses the login twice, and does not end the second error": speaker({
    login: (socket) => socket.end(Buffer.concat([error(FATAL), ENDLESS])),
  }),
  "refuses what it has accepted twice, and does not end the second error": speaker({
    login: (socket) => socket.end(Buffer.concat([authentication(0), error(FATAL), ENDLESS])),
  }),
  "has no room after it accepted the password": speaker({
    login: (socket) => socket.end(Buffer.concat([authentication(0), error(FATAL)])),
  }),
  "answers the request for TLS with a NUL": speaker({ tls: (socket) => socket.end("\0O") }),
  "answers the request for TLS with an error": speaker({ tls: (socket) => socket.end("Esorry\0") }),
  "is no PostgreSQL": (socket) => socket.end("220 hello\r\n"),
  "asks for a password in clear text": says(authentication(3)),
  "answers byte by byte": speaker({
    login: (socket) => socket.write(ACCEPTED),
    query: (socket) => {
      for (const byte of ONE) socket.write(Buffer.of(byte));
    },
  }),
  "sends a notice and hangs": says(ACCEPTED, NOTICE),
  "sends a notice at the login and hangs": says(Buffer.concat([authentication(0), NOTICE])),
  "sends many notices at the login, one byte after the other, and hangs": speaker({
    login: (socket) => {
      for (const byte of Buffer.concat([authentication(0), NOTICE, NOTICE, NOTICE.subarray(0, 20)]))
        socket.write(Buffer.of(byte));
    },
  }),
  "sends a notice at the login, one for a query, and hangs": says(
    Buffer.concat([authentication(0), NOTICE, READY]),
    NOTICE,
  ),
  "sends many notices": says(ACCEPTED, Buffer.concat([...Array.from({ length: 50 }, () => NOTICE), ONE])),
};

/** Servers that only libpq has words for. */
const LEFT: Readonly<Record<string, Serve>> = {
  "asks for a login of an unknown kind": says(authentication(99)),
  "asks for Kerberos": says(authentication(7)),
  "offers no SASL mechanism": says(authentication(10, "UNKNOWN\0\0")),
  "sends a message of no known kind": says(message("~", "what")),
  "sends an error whose fields have no end": says(message("E", "SFATAL\0Mx")),
  "sends an error without a severity": says(error({ M: "sorry" })),
  "says something before the login": says(message("S", "a\0b\0")),
  "says something else than a login, and closes": (socket) => {
    socket.once("data", () => {
      socket.write("N");
      socket.once("data", () => socket.end("\xff\xfd\x01", "latin1"));
    });
  },
  "accepts a login behind its request for a password": says(Buffer.concat([authentication(3), ACCEPTED])),
  "refuses a login behind its request for a password": says(Buffer.concat([authentication(3), error(FATAL)])),
  "refuses a login behind its request for a hash": says(
    Buffer.concat([authentication(5, "salt"), error(FATAL)]),
  ),
  "refuses a login behind its list of mechanisms": says(
    Buffer.concat([authentication(10, "SCRAM-SHA-256\0\0"), error(FATAL)]),
  ),
  "has a list of mechanisms without an end": says(authentication(10, "SCRAM-SHA-256")),
  "has bytes behind its list of mechanisms": says(authentication(10, "SCRAM-SHA-256\0\0x")),
  "offers channel binding without TLS": says(authentication(10, "SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0")),
  "accepts the login twice": says(Buffer.concat([authentication(0), ACCEPTED])),
  "answers with rows that it has not described": says(ACCEPTED, message("D", "\0\x01\0\0\0\x011")),
  "says behind its answer that it takes a query": says(ACCEPTED, Buffer.concat([ONE, READY])),
  "ends the session behind its answer": says(ACCEPTED, Buffer.concat([ONE, error(FATAL)])),
  "has bytes behind the fields of an error": says(
    ACCEPTED,
    Buffer.concat([message("E", "SERROR\0VERROR\0C42601\0Mno\0\0more"), READY]),
  ),
  "begins a copy without saying how": says(ACCEPTED, message("H", "")),
  "begins a copy of one column, and says nothing of it": says(ACCEPTED, message("G", "\0\0\x01")),
  "sends half a notification": says(ACCEPTED, Buffer.concat([message("A", "\0\0\0\x05chan\0"), ONE])),
  "says that a parameter is very long": says(
    Buffer.concat([authentication(0), Buffer.from("S\0\0\xff\xffx", "latin1")]),
  ),
  "says that a request for a login is very long": says(Buffer.from("R\0\0\x0f\xff\0\0\0\0", "latin1")),
  "answers twice": says(ACCEPTED, Buffer.concat([error({ ...FATAL, S: "ERROR" }), ONE])),
  "sends words before TLS": speaker({ tls: (socket) => socket.write("SN") }),
  "agrees to TLS and closes": speaker({ tls: (socket) => socket.end("S") }),
  "answers in an unknown encoding": says(
    Buffer.concat([authentication(0), READY]),
    Buffer.concat([
      message("T", `\0\x01n\0${"\0".repeat(18)}`),
      message("D", "\0\x01\0\0\0\x01\xe4"),
      message("C", "SELECT 1\0"),
      READY,
    ]),
  ),
  "answers with more than can be kept": speaker({
    login: (socket) => socket.write(ACCEPTED),
    query: (socket) => {
      const flood = () => {
        while (!socket.destroyed && socket.write(Buffer.alloc(1 << 20, "D")));
      };
      socket.on("drain", flood);
      flood();
    },
  }),
};

const QUERY = ["-l", "postgres", "-d", "monitor", "-q", "select 1", "-t", "3"];

describe.skipIf(!hasServer("check_pgsql"))("a server that", () => {
  const servers = new FakeServers();
  const plugin = findPlugin("check_pgsql") ?? "";
  beforeAll(() => {
    vi.stubEnv("HOME", mkdtempSync(join(tmpdir(), "home-")));
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await servers[Symbol.asyncDispose]();
  });

  const compare = async (serve: Serve) => {
    const port = String(await servers.tcp(serve));
    return await compareWithPlugin(checkPgsql, plugin, [["-H", "127.0.0.1", "-P", port, ...QUERY]]);
  };

  it.concurrent.each(Object.entries(SAME))("%s", { timeout: 60_000 }, async (_, serve) => {
    const { differences, declined, equal } = await compare(serve);
    expect({ differences, declined, equal }).toEqual({ differences: [], declined: [], equal: 1 });
  });

  it.concurrent.each(Object.entries(LEFT))("%s is left to libpq", { timeout: 60_000 }, async (_, serve) => {
    const { differences, declined } = await compare(serve);
    expect(differences).toEqual([]);
    expect(declined).toHaveLength(1);
  });

  it("sends anything at all ends no worker", { timeout: 120_000 }, async () => {
    const random = seededRandom(11);
    const noise = () => String.fromCharCode(...Array.from({ length: 60 }, () => Math.floor(random() * 256)));
    const runs = [..."RSKZTDCENGHWdcItn123A"].map(async (letter) => {
      const port = String(await servers.tcp(says(ACCEPTED, message(letter, noise()))));
      const words = ["-H", "127.0.0.1", "-P", port, ...QUERY.slice(0, -1), "1"];
      return await runCheck(checkPgsql, words).catch((reason: unknown) => reason);
    });
    for (const answered of await Promise.all(runs)) expect(answered).toBeDefined();
  });
});

describe.skipIf(!hasServer("postgresql") || !hasServer("check_pgsql"))("a real server that", () => {
  it("has no connections left", { timeout: 60_000 }, async () => {
    const plugin = findPlugin("check_pgsql") ?? "";
    for (const tls of [false, true]) {
      await using server = await Postgresql.start({
        tls,
        config: ["max_connections = 4", "superuser_reserved_connections = 0", "max_wal_senders = 0"],
      });
      const holding = new AbortController();
      using _end = { [Symbol.dispose]: () => holding.abort() };
      // One that is refused because the question below has its place tries again.
      const hold = async () => {
        while (!holding.signal.aborted) await server.sql("select pg_sleep(60)").catch(() => {});
      };
      const held = Array.from({ length: 4 }, hold);
      await vi.waitUntil(
        () =>
          server.sql("select 1").then(
            () => false,
            () => true,
          ),
        { timeout: 20_000 },
      );
      const words = [...server.words, "-p", server.password];
      const { equal, differences, declined } = await compareWithPlugin(checkPgsql, plugin, [words]);
      expect({ equal, differences, declined }).toEqual({ equal: 1, differences: [], declined: [] });
      holding.abort();
      await server.stop("SIGQUIT");
      await Promise.all(held);
    }
  });

  it.each<[fault: string, cause: (server: Postgresql) => unknown]>([
    [
      "processes are killed",
      async (server) => {
        const pids = await sleepers(server);
        const first = server.pid ?? 0;
        // It would tell the second process that the first one has died, if it could.
        process.kill(first, "SIGSTOP");
        for (const pid of pids) process.kill(pid, "SIGKILL");
        process.kill(first, "SIGCONT");
      },
    ],
    [
      "administrator ends both sessions",
      (server) => server.sql(`select pg_terminate_backend(pid) from ${SLEEPING}`),
    ],
    [
      "administrator cancels both queries",
      (server) => server.sql(`select pg_cancel_backend(pid) from ${SLEEPING}`),
    ],
    ["first process is killed", (server) => server.stop("SIGKILL")],
    ["shutdown is immediate", (server) => server.stop("SIGQUIT")],
  ])(
    "dies in the middle of a query, as its %s, says the same as with the plugin",
    { timeout: 60_000 },
    async (_, cause) => {
      await using server = await Postgresql.start();
      const words = [...server.words, "-p", server.password, "-q", "select pg_sleep(60)"];
      const native = runCheck(checkPgsql, words).then(({ returnCode, output }) => ({ returnCode, output }));
      const plugin = execute({ words: [findPlugin("check_pgsql") ?? "", ...words], environment: [] });
      await vi.waitUntil(async () => (await sleepers(server)).length === 2, { timeout: 20_000 });
      await cause(server);
      const real = await plugin;
      if (real.kind !== "exited") throw new Error(`the plugin ${real.kind}`);
      const { returnCode, output } = await native;
      expect({ returnCode, output: normalise(output) }).toEqual({
        returnCode: real.returnCode,
        output: normalise(real.stdout),
      });
      expect(output).toContain("QUERY CRITICAL");
    },
  );
});

const SLEEPING = "pg_stat_activity where query = 'select pg_sleep(60)'";

async function sleepers(server: Postgresql): Promise<readonly number[]> {
  return (await server.sql(`select pid from ${SLEEPING}`)).match(/[0-9]+/g)?.map(Number) ?? [];
}
