import { describe, expect, it } from "vitest";
import { checkMysqlQuery } from "../../../plugins/mysql/check_mysql_query.ts";
import { checkPgsql } from "../../../plugins/pgsql/check_pgsql.ts";
import type { Check } from "../../../sdk/index.ts";
import { SharedValues } from "../../../sdk/shared.ts";
import { runCheck } from "../../../sdk/testing.ts";
import { allocatedBy } from "../../support/allocated.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { Mariadb } from "../../support/servers/mariadb.ts";
import { Postgresql } from "../../support/servers/postgresql.ts";

const LOGINS = 50;
/** A driver that made room for what a check never does took 600,000 a login, and half of the CPU. */
const MOST_A_LOGIN = 250_000;

/** After the first ones, which load and compile. */
async function allocatedPerLogin(check: Check, line: string): Promise<number> {
  await using shared = new SharedValues({ log: () => {} });
  let wrong = 0;
  const run = async () => {
    for (let login = 0; login < LOGINS; login += 1)
      if ((await runCheck(check, line, { shared })).returnCode !== 0) wrong += 1;
  };
  await run();
  const bytes = await allocatedBy(run);
  expect(wrong).toBe(0);
  return bytes / LOGINS;
}

describe("a login of a database check leaves little garbage", () => {
  it.skipIf(!hasServer("mariadb"))("in MariaDB", async () => {
    await using server = await Mariadb.start();
    const line = `-H 127.0.0.1 -P ${server.port} -u mon -p mysecret -q 'select 42'`;
    const bytes = await allocatedPerLogin(checkMysqlQuery, line);
    expect(bytes).toBeGreaterThan(1_000);
    expect(bytes).toBeLessThan(MOST_A_LOGIN);
  });

  it.skipIf(!hasServer("postgresql"))("in PostgreSQL", async () => {
    await using server = await Postgresql.start();
    const line = `-H 127.0.0.1 -P ${server.port} -d postgres -l postgres -p pgsecret`;
    const bytes = await allocatedPerLogin(checkPgsql, line);
    expect(bytes).toBeGreaterThan(1_000);
    expect(bytes).toBeLessThan(MOST_A_LOGIN);
  });
});
