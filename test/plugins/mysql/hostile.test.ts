import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { checkMysql } from "../../../plugins/mysql/check_mysql.ts";
import { checkMysqlQuery } from "../../../plugins/mysql/check_mysql_query.ts";
import { NATIVE_DB_POOL } from "../../../plugins/transport/databases/settings.ts";
import { CheckDeclined } from "../../../sdk/index.ts";
import { SharedValues } from "../../../sdk/shared.ts";
import { runCheck } from "../../../sdk/testing.ts";
import { seededRandom } from "../../support/random.ts";
import { FakeServers, type Serve } from "../../support/servers/fake-servers.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { Mariadb } from "../../support/servers/mariadb.ts";
import { findPlugin } from "../core/real-plugins.ts";
import { compareWithPlugin } from "../differential.ts";
import { MYSQL_RULES } from "./normal.ts";
import { error, greeting, OK, ONE, packet, result, speaker } from "./speaker.ts";

const NATIVE = "mysql_native_password";
const BLOCKED =
  "Host '127.0.0.1' is blocked because of many connection errors; unblock with 'mariadb-admin flush-hosts'";

/** A variable of the session that has another value: the kind of change, its length, two texts. */
const VARIABLE = "\0\x0e\x0aautocommit\x02ON";
/** An answer without rows that tells of it. */
const CHANGED = `\0\0\0\x02\x40\0\0\0\x10${VARIABLE}`;

/** Servers about which check and plugin say the same. */
const SAME: Readonly<Record<string, Serve>> = {
  "closes at once": (socket) => socket.end(),
  "resets after the login": speaker({ login: (socket) => socket.resetAndDestroy() }),
  "is no MySQL": (socket) => socket.end("220 hello\r\n"),
  "sends an empty packet": (socket) => socket.write(packet(0, "")),
  "sends a packet without an end": (socket) => socket.write("\xff\xff\xff\0"),
  "has no room": (socket) => socket.end(error(0, 1040, "Too many connections")),
  "has blocked this host": (socket) => socket.end(error(0, 1129, BLOCKED)),
  "does not know this host": (socket) => socket.end(error(0, 1130, "Host 'a' is not allowed to connect")),
  "gives an error without words": (socket) => socket.end(packet(0, "\xff\x10")),
  "speaks an older protocol": (socket) => socket.end(greeting({ protocol: 9 })),
  "greets byte by byte": speaker({}, (socket) => {
    for (const byte of greeting()) socket.write(Buffer.of(byte));
  }),
  "closes after the login": speaker({ login: (socket) => socket.end() }),
  "refuses the login": speaker({ login: error(2, 1045, "#28000Access denied for user 'x'@'y'") }),
  "refuses the login with a packet of an odd number": speaker({ login: error(0, 1040, "#08004no room") }),
  "refuses the login after it asked for another scramble": speaker({
    login: (socket) => socket.end(Buffer.concat([switchTo(NATIVE), error(4, 1045, "#28000Access denied")])),
  }),
  "asks for another scramble": speaker({
    login: (socket) => {
      socket.write(switchTo(NATIVE));
      socket.once("data", () => socket.write(packet(4, OK)));
    },
  }),
  "numbers its packets in an odd way": speaker({
    login: packet(77, OK),
    query: Buffer.concat([packet(5, ONE.subarray(4, 5)), ONE.subarray(5)]),
    statistics: packet(9, "Uptime: 1"),
  }),
  "tells changes of the session": speaker({
    login: packet(2, `\0\0\0\x02\x40\0\0\0\x1b${VARIABLE}\x01\x05\x04test\x02\x02\x011`),
    query: packet(1, CHANGED),
  }),
  "closes before the answer": speaker({
    query: (socket) => socket.end(),
    statistics: (socket) => socket.end(),
  }),
  "closes in the middle of an answer": speaker({ query: (socket) => socket.end(ONE.subarray(0, 20)) }),
  "closes in the middle of the rows": speaker({
    query: (socket) => socket.end(result("n", ["1", "2"]).subarray(0, -10)),
  }),
  "gives an error in the middle of the rows": speaker({
    query: Buffer.concat([result("n", ["1"]).subarray(0, -9), error(5, 1317, "#70100interrupted")]),
  }),
  "answers byte by byte": speaker({
    query: (socket) => {
      for (const byte of ONE) socket.write(Buffer.of(byte));
    },
  }),
  "answers with a result without rows": speaker({ query: packet(1, OK) }),
  "gives empty statistics": speaker({ statistics: packet(1, "\0") }),
  "gives an error for statistics": speaker({ statistics: error(1, 1227, "#42000no right") }),
  "gives an error without words for statistics": speaker({ statistics: packet(1, "\xff") }),
  "gives an error for the query": speaker({ query: error(1, 1064, "#42000a\0b") }),
  "gives an error with very long words": speaker({ query: error(1, 1064, `#42000${"y".repeat(2000)}`) }),
};

function switchTo(method: string): Buffer {
  return packet(2, `\xfe${method}\0ABCDEFGHIJKLMNOPQRST\0`);
}

/** Servers that only libmariadb has words for. */
const LEFT: Readonly<Record<string, Serve>> = {
  "asks for a login of another kind": speaker({}, greeting({ method: "caching_sha2_password" })),
  "asks for a login of another kind later": speaker({ login: switchTo("dialog") }),
  "asks for a login of the oldest kind": speaker({ login: packet(2, "\xfe") }),
  "gives an error that only clients give": (socket) => socket.end(error(0, 2013, "sorry")),
  "speaks a later protocol": speaker({}, greeting({ protocol: 254 })),
  "gives an error of no number": (socket) => socket.end(error(0, 0, "sorry")),
  "answers the login with something else, and an error": speaker({
    login: Buffer.concat([packet(2, "HTTP/1.1 400"), error(4, 1045, "#28000no")]),
  }),
  "ends the login with words that are cut off": speaker({ login: packet(2, `${OK}\x09ab`) }),
  "has a second row that is longer than its values": speaker({
    query: Buffer.concat([
      result("n", ["1"]).subarray(0, -9),
      packet(5, "\x011\x011"),
      packet(6, "\xfe\0\0\x02\0"),
    ]),
  }),
  "says at the login that results follow": speaker({ login: packet(2, "\0\0\0\x0a\0\0\0") }),
  "says more behind the login": speaker({ login: Buffer.concat([packet(2, OK), packet(3, OK)]) }),
  "refuses what it has accepted": speaker({
    login: Buffer.concat([packet(2, OK), error(3, 1040, "#08004no room")]),
  }),
  "sends an empty packet behind the login": speaker({ login: Buffer.concat([packet(2, OK), packet(3, "")]) }),
  "tells a change of the session that is none": speaker({
    query: packet(1, "\0\x01\x05\x02v\0\x03\0\x02AB"),
  }),
  "tells a change of the session that is cut off": speaker({ query: packet(1, CHANGED.slice(0, -1)) }),
  "has bytes behind the changes of the session": speaker({ query: packet(1, `${CHANGED}x`) }),
  "tells a change of the session with more than it has": speaker({
    query: packet(1, CHANGED.replace("\x0a", "\x09")),
  }),
  "asks for a file": speaker({ query: packet(1, "\xfb/etc/passwd") }),
  "sends words before the login": (socket) => socket.end(Buffer.concat([greeting(), packet(1, OK)])),
  "has a value that is longer than its row": speaker({
    query: Buffer.concat([result("n", []).subarray(0, -9), packet(4, "\x09a"), packet(5, "\xfe\0\0\x02\0")]),
  }),
  "answers with more than can be kept": speaker({
    query: (socket) => {
      const flood = () => {
        while (!socket.destroyed && socket.write(packet(1, "\x01".repeat(1 << 19))));
      };
      socket.on("drain", flood);
      flood();
    },
  }),
};

/** Servers whose status the plugin takes for what it is not, or with which it crashes. */
const ODD_STATUS: Readonly<Record<string, Buffer>> = {
  "in one column": result("n", ["Uptime"]),
  "without a name": Buffer.concat([
    result("n", []).subarray(0, -9),
    packet(4, "\xfb"),
    packet(5, "\xfe\0\0\x02\0"),
  ]),
  "with more results behind it": result("n", [], true),
};

const QUERY = ["-q", "select 1"];

describe.skipIf(!hasServer("check_mysql"))("a server that", () => {
  const servers = new FakeServers();
  beforeAll(() => {
    vi.stubEnv("HOME", mkdtempSync(join(tmpdir(), "home-")));
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await servers[Symbol.asyncDispose]();
  });

  const compare = async (serve: Serve) => {
    const port = String(await servers.tcp(serve));
    const words = ["-H", "127.0.0.1", "-P", port, "-u", "mon", "-p", "secret"];
    const options = { rules: MYSQL_RULES };
    const all = await Promise.all([
      compareWithPlugin(
        checkMysql,
        findPlugin("check_mysql") ?? "",
        [words, [...words, "-S", "-n"]],
        options,
      ),
      compareWithPlugin(
        checkMysqlQuery,
        findPlugin("check_mysql_query") ?? "",
        [[...words, ...QUERY]],
        options,
      ),
    ]);
    return {
      differences: all.flatMap(({ differences }) => differences),
      declined: all.flatMap(({ declined }) => declined),
    };
  };

  it.concurrent.each(Object.entries(SAME))("%s", { timeout: 60_000 }, async (_, serve) => {
    await expect(compare(serve)).resolves.toEqual({ differences: [], declined: [] });
  });

  it.concurrent.each(Object.entries(ODD_STATUS))(
    "has a status %s, and is left to the plugin",
    async (_, query) => {
      const port = String(await servers.tcp(speaker({ query })));
      const words = ["-H", "127.0.0.1", "-P", port, "-u", "mon", "-p", "secret", "-S"];
      await expect(runCheck(checkMysql, words)).rejects.toBeInstanceOf(CheckDeclined);
    },
  );

  it.concurrent("says more behind its statistics is left to libmariadb, which reads it later", async () => {
    const statistics = Buffer.concat([packet(1, "Uptime: 1"), packet(2, OK)]);
    const port = String(await servers.tcp(speaker({ statistics })));
    const words = ["-H", "127.0.0.1", "-P", port, "-u", "mon", "-p", "secret", "-S"];
    await expect(runCheck(checkMysql, words)).rejects.toBeInstanceOf(CheckDeclined);
  });

  it.concurrent.each(Object.entries(LEFT))(
    "%s is left to libmariadb",
    { timeout: 60_000 },
    async (_, serve) => {
      const port = String(await servers.tcp(serve));
      const words = ["-H", "127.0.0.1", "-P", port, "-u", "mon", "-p", "secret", ...QUERY];
      await expect(runCheck(checkMysqlQuery, words)).rejects.toBeInstanceOf(CheckDeclined);
    },
  );

  it("sends anything at all ends no worker, and is not written to its stderr", {
    timeout: 120_000,
  }, async () => {
    const complaint = vi.spyOn(console, "error").mockImplementation(() => {});
    const trace = vi.spyOn(console, "trace").mockImplementation(() => {});
    const random = seededRandom(11);
    const noise = () => String.fromCharCode(...Array.from({ length: 60 }, () => Math.floor(random() * 256)));
    const runs = Array.from({ length: 60 }, async (_, at) => {
      const body = packet(at % 5, noise());
      const serve = [speaker({}, body), speaker({ login: body }), speaker({ query: body })][at % 3];
      const port = String(await servers.tcp(serve ?? (() => {})));
      const words = ["-H", "127.0.0.1", "-P", port, "-u", "mon", ...QUERY];
      return await runCheck(checkMysqlQuery, words, { timeoutMs: 2_000 }).catch((reason: unknown) => reason);
    });
    for (const answered of await Promise.all(runs)) expect(answered).toBeDefined();
    expect(complaint).not.toHaveBeenCalled();
    expect(trace).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });

  it("says nothing is CRITICAL in time, in the words of libmariadb's own time-out", {
    timeout: 60_000,
  }, async () => {
    const connected = Promise.withResolvers<void>();
    const port = String(await servers.tcp(() => connected.resolve()));
    const full = String(await servers.full());
    const words = (at: string) => ["-H", "127.0.0.1", "-P", at, "-u", "mon", "-p", "secret"];
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const answers = [port, full].map((at) => runCheck(checkMysql, words(at), { timeoutMs: 50_000 }));
    await connected.promise;
    // The check hears of it, too, after some turns: the time goes on in small steps until both have answered.
    let isOver = false;
    const both = Promise.all(answers).finally(() => {
      isOver = true;
    });
    while (!isOver) {
      await vi.advanceTimersByTimeAsync(100);
      await new Promise(setImmediate);
    }
    vi.useRealTimers();
    const [silent, unreached] = await both;
    const lost =
      "Lost connection to server at 'handshake: reading initial communication packet', system error: 110";
    expect(silent).toMatchObject({ returnCode: 2, output: `${lost}\n` });
    expect(unreached).toMatchObject({
      returnCode: 2,
      output: "Can't connect to server on '127.0.0.1' (110)\n",
    });
  });

  it("has another kind of login is not asked again", { timeout: 60_000 }, async () => {
    let connections = 0;
    const serve = speaker({ login: switchTo("client_ed25519") });
    const port = String(
      await servers.tcp((socket) => {
        connections += 1;
        serve(socket);
      }),
    );
    await using shared = new SharedValues({ log: () => {} });
    const run = (user: string) =>
      runCheck(checkMysql, ["-H", "127.0.0.1", "-P", port, "-u", user], { shared }).catch((error) => error);
    expect(await run("mon")).toBeInstanceOf(CheckDeclined);
    expect(await run("mon")).toBeInstanceOf(CheckDeclined);
    expect(connections).toBe(1);
    await run("another");
    expect(connections).toBe(2);
  });

  it("breaks a kept connection spoils no other check", { timeout: 60_000 }, async () => {
    let isBroken = false;
    const serve = speaker({
      query: (socket) => (isBroken ? socket.end() : socket.write(ONE)),
      ping: (socket) => (isBroken ? socket.destroy() : socket.write(packet(1, OK))),
    });
    const port = String(await servers.tcp(serve));
    await using shared = new SharedValues({
      log: () => {},
      settings: () => new Map([[NATIVE_DB_POOL, true]]),
    });
    const run = () =>
      runCheck(checkMysqlQuery, ["-H", "127.0.0.1", "-P", port, "-u", "mon", ...QUERY], { shared });
    expect((await run()).returnCode).toBe(0);
    isBroken = true;
    expect((await run()).output).toBe(
      "QUERY CRITICAL: Error with query - Lost connection to server during query\n",
    );
    isBroken = false;
    expect((await run()).returnCode).toBe(0);
  });
});

describe.skipIf(!hasServer("mariadb") || !hasServer("check_mysql"))("a real server that", () => {
  it("has no connections left, or dies in the middle of a query", { timeout: 60_000 }, async () => {
    await using server = await Mariadb.start({ config: ["max_connections=10", "extra-max-connections=1"] });
    const plugin = findPlugin("check_mysql_query") ?? "";
    const words = [...server.words, "-p", server.password, ...QUERY];
    const held = Array.from({ length: 12 }, () => server.sql("select sleep(60)").catch(() => {}));
    await vi.waitUntil(
      () =>
        server.sql("select 1").then(
          () => false,
          () => true,
        ),
      { timeout: 20_000 },
    );
    const { equal, differences } = await compareWithPlugin(checkMysqlQuery, plugin, [words]);
    expect({ equal, differences }).toEqual({ equal: 1, differences: [] });
    await server.stop("SIGKILL");
    await Promise.all(held);
    await server.restart();
    const dying = runCheck(checkMysqlQuery, [...words, "-q", "select sleep(20)"], { timeoutMs: 30_000 });
    await vi.waitUntil(async () => (await server.sql("show processlist")).includes("select sleep(20)"));
    await server.stop("SIGKILL");
    await expect(dying).resolves.toMatchObject({
      returnCode: 2,
      output: "QUERY CRITICAL: Error with query - Lost connection to server during query\n",
    });
  });
});
