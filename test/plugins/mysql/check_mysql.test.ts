import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { checkMysql } from "../../../plugins/mysql/check_mysql.ts";
import { checkMysqlQuery } from "../../../plugins/mysql/check_mysql_query.ts";
import { runCheck } from "../../../sdk/testing.ts";
import { FakeServers, startRecordedServers } from "../../support/servers/fake-servers.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { Mariadb } from "../../support/servers/mariadb.ts";
import { type Places, readTranscripts, replay } from "../oracle.ts";
import { MYSQL_RULES } from "./normal.ts";

/** They ask the default socket and the default port, where a server of this machine may answer. */
const AT_DEFAULT_PLACES = [15, 21];
/** The plugin has no time-out. */
const UNENDED = 14;

beforeAll(() => {
  vi.stubEnv("HOME", mkdtempSync(join(tmpdir(), "home-")));
});
afterAll(() => {
  vi.unstubAllEnvs();
});

describe.skipIf(!hasServer("mariadb"))("the transcripts", () => {
  const servers = new FakeServers();
  let server: Mariadb;
  let places: Places = {};
  beforeAll(async () => {
    server = await Mariadb.start();
    const file = join(server.folder, "my.cnf");
    writeFileSync(file, "[grp]\nuser=mon\npassword=mysecret\nhost=127.0.0.1\n");
    places = {
      ...(await startRecordedServers(servers)),
      // The recorded server closed the connection.
      17003: String(await servers.tcp((socket) => socket.end("220 test.example FTP ready\r\n"))),
      13306: String(server.port),
      "/srv/oracle/my/s.sock": server.socket,
      "/srv/oracle/my/my.cnf": file,
    };
  }, 60_000);
  afterAll(async () => {
    await servers[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  it("of check_mysql are answered as recorded", { timeout: 60_000 }, async () => {
    const left = [...AT_DEFAULT_PLACES, UNENDED];
    const transcripts = readTranscripts("check_mysql").filter(({ seq }) => !left.includes(seq));
    const options = { places, rules: MYSQL_RULES, atOnce: 4 };
    const { counts, executed, differences } = await replay(checkMysql, options, transcripts);
    expect(differences).toEqual([]);
    expect({ counts, executed }).toEqual({
      counts: { equal: 15, executed: 1, different: 0 },
      executed: { badargs: 1 },
    });
  });

  it("of check_mysql_query are answered as recorded", { timeout: 60_000 }, async () => {
    const { counts, executed, differences } = await replay(checkMysqlQuery, { places, atOnce: 4 });
    expect(differences).toEqual([]);
    expect({ counts, executed }).toEqual({
      counts: { equal: 17, executed: 2, different: 0 },
      executed: { badargs: 1, version: 1 },
    });
  });
});

describe("left to the plugin", () => {
  it.each<readonly [readonly string[]]>([
    [["-vvv"]],
    [["-V"]],
    [["--extra-opts"]],
    [["-t", "5"]],
    [["-P", "0"]],
    [["-P", "x"]],
    [["-P", "70000"]],
    [["-w", "3:1"]],
    [["-H", ""]],
    [["-H", "a,b"]],
    [["-H", "localhost", "-H", "127.0.0.1"]],
    [["-f", "my.cnf"]],
    [["--ca-cert"]],
    [["--ca-cer", "/ca.pem"]],
    [["-l", "-C", "/ca.pem"]],
    [["-l", "-L", "HIGH"]],
    [["--h=localhost"]],
  ])("check_mysql %j", (argv) => {
    expect(checkMysql.understand(argv)).toBeUndefined();
  });

  it.each<readonly [readonly string[]]>([
    [[]],
    [["-H", "/run/mysqld/mysqld.sock", "-q", "select 1"]],
    [["-q", "select 1", "-S"]],
    [["-q", "select 1", "-l"]],
    [["-q", "select 1", "-vvv"]],
  ])("check_mysql_query %j", (argv) => {
    expect(checkMysqlQuery.understand(argv)).toBeUndefined();
  });
});

describe("a server that says nothing", () => {
  it("is CRITICAL after connect-timeout of an option file", async () => {
    await using servers = new FakeServers();
    const port = String(await servers.tcp(() => {}));
    const file = join(mkdtempSync(join(tmpdir(), "my-")), "my.cnf");
    writeFileSync(file, "[client]\nconnect-timeout=1\n");
    const words = ["-H", "127.0.0.1", "-P", port, "-u", "x", "-f", file];
    const text =
      "Lost connection to server at 'handshake: reading initial communication packet', system error: 110";
    await expect(runCheck(checkMysql, words)).resolves.toMatchObject({ returnCode: 2, output: `${text}\n` });
    await expect(runCheck(checkMysqlQuery, [...words, "-q", "select 1"])).resolves.toMatchObject({
      returnCode: 2,
      output: `QUERY CRITICAL: ${text}\n`,
    });
  });
});
