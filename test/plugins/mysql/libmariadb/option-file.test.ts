import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkMysqlQuery } from "../../../../plugins/mysql/check_mysql_query.ts";
import { readClientOptions } from "../../../../plugins/mysql/libmariadb/client-options.ts";
import { CheckDeclined } from "../../../../sdk/index.ts";
import { hasServer } from "../../../support/servers/installed.ts";
import { Mariadb } from "../../../support/servers/mariadb.ts";
import { findPlugin } from "../../core/real-plugins.ts";
import { compareWithPlugin } from "../../differential.ts";
import { MYSQL_RULES } from "../normal.ts";

const folder = mkdtempSync(join(tmpdir(), "options-"));

function write(name: string, lines: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, `${lines.join("\n")}\n`);
  return path;
}

const read = (file: string, group?: string) => readClientOptions({ file, group }, {});

describe("an option file", () => {
  it("is read as libmariadb reads it", async () => {
    const file = write("a.cnf", [
      "# comment",
      "[mysql]",
      "user=other",
      "[ client-mariadb ]",
      "user=blank",
      "[client]",
      "user = me",
      'password = "a\\"b\\\\c\\sd\\x"',
      "database='t",
      "host=",
      "unknown=1",
      "port = 1",
      "connect_timeout = 7s",
    ]);
    await expect(read(file)).resolves.toEqual({
      user: "me",
      password: 'a"b\\c d\\x',
      database: "t",
      host: undefined,
      connectTimeout: 7,
    });
  });

  it("ends for libmariadb where an option stands outside of a group", async () => {
    const file = write("b.cnf", ["user=me", "[client]", "user=you"]);
    await expect(read(file)).resolves.toEqual({});
  });

  it("includes files, and of a folder its my.cnf", async () => {
    mkdirSync(join(folder, "d"));
    write("d/my.cnf", ["[client]", "user=of-folder"]);
    write("d/other.cnf", ["[client]", "user=of-other"]);
    const other = write("e.cnf", ["[grp]", "password=x"]);
    const file = write("c.cnf", [`!includedir ${join(folder, "d")}`, `!include ${other}`]);
    await expect(read(file, "grp")).resolves.toEqual({ user: "of-folder", password: "x" });
  });

  it("that is not there has no options", async () => {
    await expect(read("/nowhere/my.cnf")).resolves.toEqual({});
  });

  it.each([
    "ssl-ca=/ca.pem",
    "ssl_cert=x",
    "compress=1",
    "init-command=set names latin1",
    "default-character-set=latin1",
    "protocol=2",
    "default-auth=dialog",
    "'quoted=1",
    "!include relative.cnf",
  ])("with %s is left to the plugin, without a value in the reason", async (line) => {
    const reading = read(write("f.cnf", ["[client]", line]));
    await expect(reading).rejects.toBeInstanceOf(CheckDeclined);
    await expect(reading).rejects.not.toThrow(/ca\.pem|latin1|dialog/);
  });
});

describe.skipIf(!hasServer("mariadb") || !hasServer("check_mysql"))("the same login as the plugin", () => {
  it("with odd option files", { timeout: 60_000 }, async () => {
    await using server = await Mariadb.start({
      sql: ["CREATE USER odd@'%' IDENTIFIED BY 'a\"b\\\\c d# ;'", "GRANT SELECT ON t.* TO odd@'%'"],
    });
    const bodies = [
      ["[client]", "user=odd", 'password="a\\"b\\\\c\\sd# ;"'],
      ["[client]", "user=odd", 'password=a"b\\\\c d# ;', "db=t"],
      ["[client]", "user=odd", "password='a\\\"b\\\\c d# ;'", 'database = "t"'],
      ["[client]", "user=odd", 'passwd="wrong'],
      ["[client]", "user = \"odd'", "password"],
      [
        "  [client]  ",
        "\tuser\t=\todd\t",
        "[other]",
        "user=x",
        "[client-server]",
        "password='a\"b\\\\c d# ;",
      ],
      ["[client", "user=odd"],
      ["user=odd", "[client]", "user=mon", "password=mysecret"],
      ["[client]", "user=mon", "password=mysecret", "user=", "password="],
      ["[client]", "user=mon", "password=my\\secret"],
      ["[client]", "USER=mon", "password=mysecret"],
      ["[CLIENT]", "user=mon", "password=mysecret"],
      ["[client]", "user=mon", "password=mysecret", "= x", "=", "socket=/nowhere", "database=nowhere"],
      ["[client]\r", "user=mon\r", "password=mysecret\r"],
      ["[client]", `socket=${server.socket}`, "user=mon", "password=mysecret", "host=localhost"],
    ];
    const lines = bodies.flatMap((body, at) => {
      const words = ["-f", write(`g${at}.cnf`, body), "-q", "select count(*) from t.x"];
      return [[...words, "-H", server.host, "-P", String(server.port)], words];
    });
    const plugin = findPlugin("check_mysql_query") ?? "";
    const { differences, declined, left } = await compareWithPlugin(checkMysqlQuery, plugin, lines, {
      rules: MYSQL_RULES,
      atOnce: 4,
    });
    expect({ differences, declined, left }).toEqual({ differences: [], declined: [], left: [] });
  });
});
