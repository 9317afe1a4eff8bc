import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { checkPgsql } from "../../../plugins/pgsql/check_pgsql.ts";
import { createFolder } from "../../support/folder.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { Postgresql } from "../../support/servers/postgresql.ts";
import { findPlugin } from "../core/real-plugins.ts";
import { compareWithPlugin } from "../differential.ts";

type Variables = Readonly<Record<string, string>>;

const LOGIN = "-l postgres -p pgsecret";
const ADDRESS = "-H 127.0.0.1 -P PORT";

/** `PORT`, `SOCKET` and `FILES` are those of the server and of this test. */
const SAME: readonly (readonly [variables: Variables, words: string])[] = [
  [{ PGHOST: "127.0.0.1", PGPORT: "PORT" }, LOGIN],
  [{ PGHOST: "SOCKET", PGPORT: "PORT" }, LOGIN],
  [{ PGHOST: "SOCKET", PGPORT: "1" }, LOGIN],
  [{ PGHOST: "127.0.0.1", PGPORT: "1" }, `${LOGIN} -P PORT`],
  [{ PGHOST: "no.such.host.invalid" }, `${LOGIN} ${ADDRESS}`],
  [{ PGUSER: "postgres" }, `${ADDRESS} -p pgsecret`],
  [{ PGUSER: "nobody" }, `${ADDRESS} -p pgsecret`],
  [{ PGUSER: "nobody" }, `${ADDRESS} ${LOGIN}`],
  [{ PGPASSWORD: "pgsecret" }, `${ADDRESS} -l postgres`],
  [{ PGPASSWORD: "wrong" }, `${ADDRESS} -l postgres`],
  [{ PGPASSWORD: "wrong" }, `${ADDRESS} ${LOGIN}`],
  [{ PGDATABASE: "nowhere" }, `${ADDRESS} ${LOGIN}`],
  [{ PGDATABASE: "monitor" }, `${ADDRESS} ${LOGIN} -q QUERY:current_database()`],
  [{ PGSSLMODE: "disable" }, `${ADDRESS} ${LOGIN}`],
  [{ PGSSLMODE: "require" }, `${ADDRESS} ${LOGIN}`],
  [{ PGSSLMODE: "require" }, `${ADDRESS} ${LOGIN} -o sslmode=prefer`],
  [{ PGSERVICEFILE: "FILES/services", PGSERVICE: "own" }, ""],
  [{ PGSERVICEFILE: "FILES/services" }, "-o service=own"],
  [{ PGSERVICEFILE: "FILES/services", PGSERVICE: "own", PGUSER: "nobody" }, ""],
  [{ PGPASSFILE: "FILES/passwords" }, `${ADDRESS} -l postgres`],
  [{ PGPASSFILE: "FILES/nothing" }, `${ADDRESS} -l postgres`],
  [{ PGOPTIONS: "-c work_mem=4242" }, `${ADDRESS} ${LOGIN} -q QUERY:current_setting('work_mem')`],
  [{ PGOPTIONS: "-c nothing=x" }, `${ADDRESS} ${LOGIN}`],
  [{ PGAPPNAME: "a watch" }, `${ADDRESS} ${LOGIN} -q QUERY:current_setting('application_name')`],
];

/** What only libpq follows, or has words for. */
const LEFT: readonly (readonly [variables: Variables, words: string])[] = [
  [{ PGHOST: "127.0.0.1", PGPORT: "x" }, LOGIN],
  [{ PGHOST: "127.0.0.1", PGPORT: "70000" }, LOGIN],
  [{ PGSSLMODE: "perhaps" }, `${ADDRESS} ${LOGIN}`],
  [{ PGPASSFILE: "FILES/open" }, `${ADDRESS} -l postgres`],
  [{ PGCONNECT_TIMEOUT: "5" }, `${ADDRESS} ${LOGIN}`],
  [{ PGCONNECT_TIMEOUT: "x" }, `${ADDRESS} ${LOGIN}`],
  [{ PGCLIENTENCODING: "LATIN1" }, `${ADDRESS} ${LOGIN} -q QUERY:current_setting('client_encoding')`],
  [{ PGHOSTADDR: "127.0.0.1" }, `${ADDRESS} ${LOGIN}`],
  [{ PGREQUIREPEER: "root" }, `${ADDRESS} ${LOGIN}`],
  [{ PGTZ: "UTC" }, `${ADDRESS} ${LOGIN}`],
  [{ PGSERVICEFILE: "FILES/services", PGSERVICE: "nowhere" }, `${ADDRESS} ${LOGIN}`],
];

describe.skipIf(!hasServer("postgresql") || !hasServer("check_pgsql"))("variables of libpq", () => {
  let server: Postgresql;
  const files = createFolder();
  beforeAll(async () => {
    server = await Postgresql.start();
    writeFileSync(
      join(files.path, "services"),
      `[own]\nhost=127.0.0.1\nport=${server.port}\nuser=postgres\npassword=pgsecret\n`,
    );
    writeFileSync(join(files.path, "passwords"), "*:*:*:postgres:pgsecret\n", { mode: 0o600 });
    writeFileSync(join(files.path, "open"), "*:*:*:postgres:pgsecret\n", { mode: 0o644 });
  }, 60_000);
  afterEach(() => void vi.unstubAllEnvs());
  afterAll(async () => {
    files[Symbol.dispose]();
    await server[Symbol.asyncDispose]();
  });

  async function compare(variables: Variables, words: string) {
    const fill = (text: string) =>
      text
        .replace("PORT", String(server.port))
        .replace("SOCKET", server.folder)
        .replace("FILES", files.path)
        .replace("QUERY:", "select ");
    vi.stubEnv("HOME", files.path);
    const filled = Object.entries(variables).map(([name, value]) => [name, fill(value)] as const);
    for (const [name, value] of filled) vi.stubEnv(name, value);
    const argv = words
      .split(" ")
      .filter((word) => word !== "")
      .map(fill);
    return await compareWithPlugin(checkPgsql, findPlugin("check_pgsql") ?? "", [argv], {
      variables: filled,
    });
  }

  it.each(SAME)("%j count as for the plugin, with %s", async (variables, words) => {
    expect(await compare(variables, words)).toMatchObject({ equal: 1, differences: [] });
  });

  it.each(LEFT)("%j leave the check to the plugin, with %s", async (variables, words) => {
    expect(await compare(variables, words)).toMatchObject({ declined: [expect.anything()], differences: [] });
  });
});
