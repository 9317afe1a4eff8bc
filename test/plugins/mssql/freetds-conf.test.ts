import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readSection } from "../../../plugins/mssql/client/freetds-conf.ts";

const TEXT = `
# servers of the site
[global]
	tds version = auto
[DB1]
	host = db1.example.com
	Port = 1434
	tds  version = 7.4
[named]
	host = 10.0.0.1
	instance = PROD
[tuned]
	host = db2
	port = 1433
	ca file = /etc/ca.pem
[both]
	host = db2
	port = 1433
	instance = X
[empty]
`;

const folder = mkdtempSync(join(tmpdir(), "freetds-"));
const FREETDSCONF = join(folder, "freetds.conf");
writeFileSync(FREETDSCONF, TEXT);
const env = { FREETDSCONF, HOME: folder };

it.each([
  ["db1", { host: "db1.example.com", port: 1434 }],
  ["NAMED", { host: "10.0.0.1", port: 1433, instance: "PROD" }],
])("the section %s says where the server is", async (name, place) => {
  expect(await readSection(name, env)).toEqual({ instance: undefined, ...place });
});

it.each([
  ["nowhere", env, "a server that no freetds.conf names"],
  ["tuned", env, "a setting of freetds.conf that only FreeTDS knows"],
  ["both", env, "a section of freetds.conf that is not complete"],
  ["empty", env, "a section of freetds.conf that is not complete"],
  ["db1", { ...env, TDSPORT: "9" }, "variables of FreeTDS in the environment"],
])("the section %s is left to the plugin with %j", async (name, variables, why) => {
  await expect(readSection(name, variables)).rejects.toThrow(why);
});

it("of the user's own file comes before those of the machine", async () => {
  const home = mkdtempSync(join(tmpdir(), "home-"));
  writeFileSync(join(home, ".freetds.conf"), "[db1]\nhost=mine\nport=1\n");
  expect(await readSection("db1", { HOME: home })).toMatchObject({ host: "mine", port: 1 });
});
