import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { checkPgsql } from "../../../plugins/pgsql/check_pgsql.ts";
import { FakeServers, startRecordedServers } from "../../support/servers/fake-servers.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { Postgresql } from "../../support/servers/postgresql.ts";
import { readTranscripts, replay } from "../oracle.ts";

/** Asks the default socket, where a server of this machine may answer. */
const AT_DEFAULT_SOCKET = 37;

beforeAll(() => {
  vi.stubEnv("HOME", mkdtempSync(join(tmpdir(), "home-")));
});
afterAll(() => {
  vi.unstubAllEnvs();
});

describe.skipIf(!hasServer("postgresql"))("the transcripts", () => {
  it("are answered as recorded", { timeout: 60_000 }, async () => {
    await using servers = new FakeServers();
    await using server = await Postgresql.start();
    const places = {
      ...(await startRecordedServers(servers)),
      15432: String(server.port),
      "/srv/oracle/pg": server.folder,
    };
    const transcripts = readTranscripts("check_pgsql").filter(({ seq }) => seq !== AT_DEFAULT_SOCKET);
    const { counts, executed, differences } = await replay(checkPgsql, { places, atOnce: 8 }, transcripts);
    expect(differences).toEqual([]);
    expect({ counts, executed }).toEqual({
      counts: { equal: 28, executed: 6, different: 0 },
      executed: { badargs: 4, verbose: 2 },
    });
  });
});

describe("left to the plugin", () => {
  it.each<readonly [readonly string[]]>([
    [["-v"]],
    [["-V"]],
    [["--extra-opts"]],
    [["--h=localhost"]],
    [["--query-warning=1"]],
    [["-t", "0"]],
    [["-t", "-1"]],
    [["-w", "-1"]],
    [["-c", "x"]],
    [["-P", "x"]],
    [["-W", "3:1"]],
    [["-H", ""]],
    [["-H", "a,b"]],
    [["-H", "localhost", "-H", "127.0.0.1"]],
    [["-d", "x".repeat(64)]],
    [["-l", "x".repeat(64)]],
    [["-P", "x", "-P", "5432"]],
    [["-w", "1e400", "-P", "5432"]],
    [["-d", "x".repeat(64), "-d", "monitor"]],
    [["-l", "x".repeat(64), "-l", "monitor"]],
    [["-q", "select 'caf\xc3\xa9'"]],
    [["-o", "postgresql://localhost/x"]],
  ])("%j", (argv) => {
    expect(checkPgsql.understand(argv)).toBeUndefined();
  });
});
