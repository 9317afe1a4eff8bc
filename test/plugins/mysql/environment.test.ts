import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { checkMysql } from "../../../plugins/mysql/check_mysql.ts";
import { checkMysqlQuery } from "../../../plugins/mysql/check_mysql_query.ts";
import { createFolder } from "../../support/folder.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { Mariadb } from "../../support/servers/mariadb.ts";
import { findPlugin } from "../core/real-plugins.ts";
import { compareWithPlugin } from "../differential.ts";
import { MYSQL_RULES } from "./normal.ts";

type Variables = Readonly<Record<string, string>>;

/** `PORT`, `SOCKET` and `FILES` are those of the server and of this test. */
const CASES: readonly (readonly [variables: Variables, words: string])[] = [
  [{ MYSQL_PWD: "mysecret" }, "-H 127.0.0.1 -P PORT -u mon"],
  [{ MYSQL_PWD: "wrong" }, "-H 127.0.0.1 -P PORT -u mon"],
  [{ MYSQL_PWD: "wrong" }, "-H 127.0.0.1 -P PORT -u mon -p mysecret"],
  [{ MYSQL_PWD: "" }, "-H 127.0.0.1 -P PORT -u mon"],
  [{ MYSQL_UNIX_PORT: "SOCKET" }, "-H localhost -u mon -p mysecret"],
  [{ MYSQL_UNIX_PORT: "SOCKET" }, "-u mon -p mysecret"],
  [{ MYSQL_UNIX_PORT: "/nowhere/s.sock" }, "-u mon -p mysecret"],
  [{ MYSQL_UNIX_PORT: "/nowhere/s.sock" }, "-u mon -p mysecret -s SOCKET"],
  [{ MYSQL_TCP_PORT: "1" }, "-H 127.0.0.1 -P PORT -u mon -p mysecret"],
  [{ MYSQL_HOME: "FILES/mysql" }, "-H 127.0.0.1 -P PORT"],
  [{ MARIADB_HOME: "FILES/mariadb" }, "-H 127.0.0.1 -P PORT"],
  [{ MARIADB_HOME: "FILES/mariadb", MYSQL_HOME: "FILES/mysql" }, "-H 127.0.0.1 -P PORT"],
  [{ MARIADB_HOME: "FILES/nothing", MYSQL_HOME: "FILES/mysql" }, "-H 127.0.0.1 -P PORT"],
  [{ MYSQL_HOME: "FILES/mysql", MYSQL_PWD: "wrong" }, "-H 127.0.0.1 -P PORT"],
  [{ MYSQL_HOME: "FILES/mysql", MYSQL_UNIX_PORT: "/nowhere/s.sock" }, ""],
];

describe.skipIf(!hasServer("mariadb") || !hasServer("check_mysql"))("variables of libmariadb", () => {
  let server: Mariadb;
  const files = createFolder();
  beforeAll(async () => {
    server = await Mariadb.start({ sql: ["CREATE USER other@'127.0.0.1' IDENTIFIED BY 'another'"] });
    const write = (folder: string, user: string, password: string) => {
      mkdirSync(join(files.path, folder));
      const lines = ["[client]", `user=${user}`, `password=${password}`, `socket=${server.socket}`];
      writeFileSync(join(files.path, folder, "my.cnf"), `${lines.join("\n")}\n`);
    };
    write("mysql", "mon", "mysecret");
    write("mariadb", "other", "another");
  }, 60_000);
  afterEach(() => void vi.unstubAllEnvs());
  afterAll(async () => {
    files[Symbol.dispose]();
    await server[Symbol.asyncDispose]();
  });

  it.each(CASES)("%j count as for the plugins, with %s", async (variables, words) => {
    const fill = (text: string) =>
      text.replace("PORT", String(server.port)).replace("SOCKET", server.socket).replace("FILES", files.path);
    vi.stubEnv("HOME", join(files.path, "nobody"));
    const filled = Object.entries(variables).map(([name, value]) => [name, fill(value)] as const);
    for (const [name, value] of filled) vi.stubEnv(name, value);
    const argv = words
      .split(" ")
      .filter((word) => word !== "")
      .map(fill);
    const options = { rules: MYSQL_RULES, variables: filled };
    const query = [...argv, "-q", "select current_user()"];
    const compared = [
      await compareWithPlugin(checkMysql, findPlugin("check_mysql") ?? "", [argv], options),
      await compareWithPlugin(checkMysqlQuery, findPlugin("check_mysql_query") ?? "", [query], options),
    ];
    expect(compared).toMatchObject(compared.map(() => ({ equal: 1, differences: [] })));
  });
});
