import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { createDatabaseServer } from "../../src/demo/servers/database-server.ts";
import { Servers } from "../../src/demo/servers/servers.ts";
import { checkLeaks } from "../support/leaks.ts";
import { hasServer } from "../support/servers/installed.ts";

checkLeaks();

describe.skipIf(!hasServer("postgresql"))("psql at the demo's database", () => {
  it.each(["prefer", "disable"])("with sslmode=%s gets a number for each query", async (sslmode) => {
    await using servers = new Servers();
    const queries: string[] = [];
    const server = createDatabaseServer((query) => queries.push(query));
    const { address, port } = await servers.tcp(server, { address: "127.0.0.1", port: 0 });
    const target = `host=${address} port=${port} dbname=shop user=monitor sslmode=${sslmode}`;
    const { stdout } = await execa("psql", [target, "-Atc", "SELECT 'a'", "-c", "", "-c", "SELECT 'b'"]);
    expect(stdout).toBe("1\n2");
    expect(queries).toEqual(["SELECT 'a'", "SELECT 'b'"]);
  });
});
