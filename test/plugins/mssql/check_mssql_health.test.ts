import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { checkMssqlHealth } from "../../../plugins/mssql/check_mssql_health.ts";
import { CheckDeclined } from "../../../sdk/index.ts";
import { SharedValues } from "../../../sdk/shared.ts";
import { runCheck } from "../../../sdk/testing.ts";
import { createCertificate, inDays } from "../../support/servers/certificates.ts";
import { answerAs } from "../../support/tds/sql-server.ts";
import { TdsServer } from "../../support/tds/tds-server.ts";
import { INSTANCES } from "./instances.ts";
import { startInstances } from "./servers.ts";

/** A run of the real plugin, version 2.9 with DBD::Sybase, at one of the servers of these tests. */
interface Recorded {
  readonly server: string;
  readonly argv: readonly string[];
  readonly returnCode: number;
  readonly stdout: string;
}

const RECORDED: readonly Recorded[] = readFileSync("test/fixtures/native/check_mssql_health.jsonl", "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line));

const home = mkdtempSync(join(tmpdir(), "omd-"));
let servers: Awaited<ReturnType<typeof startInstances>>;
let shared: SharedValues;
beforeAll(async () => {
  vi.stubEnv("OMD_ROOT", home);
  const { key, cert } = createCertificate({ notAfter: inDays(9), algorithm: "rsa" });
  servers = await startInstances({ key, cert, maxVersion: "TLSv1.2" });
  shared = new SharedValues({ log: () => {} });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await shared[Symbol.asyncDispose]();
  await servers[Symbol.asyncDispose]();
});
// Each run of the plugin was its first.
beforeEach(() => rmSync(home, { recursive: true, force: true }));

/** Times that two runs do not have in common. */
function withoutTimes(text: string): string {
  return text
    .replaceAll(/\d+\.\d+ seconds to (connect|execute)/g, "T seconds to $1")
    .replaceAll(/'(connection_time|sql_runtime)'=[\d.]+/g, "'$1'=T");
}

type Answer = "equal" | "left by its words" | "left when run" | string;

async function replay({ server, argv, returnCode, stdout }: Recorded): Promise<Answer> {
  rmSync(home, { recursive: true, force: true });
  const place = ["--hostname", "127.0.0.1", "--port", String(servers.ports.get(server))];
  const understood = checkMssqlHealth.understand([...place, ...argv]);
  if (understood === undefined) return "left by its words";
  const context = {
    signal: new AbortController().signal,
    log: () => {},
    shared: shared.get.bind(shared),
    execute: () => Promise.reject(new Error("no command was declared")),
  };
  try {
    const answer = await understood.run(context);
    const isEqual = answer.returnCode === returnCode && withoutTimes(answer.output) === withoutTimes(stdout);
    return isEqual
      ? "equal"
      : `${server} ${JSON.stringify(argv)}\n  plugin ${stdout}  native ${answer.output}`;
  } catch (error) {
    if (error instanceof CheckDeclined) return "left when run";
    throw error;
  }
}

/** How many recorded runs have the same answer. The others are left to the plugin. */
const EQUAL = 1466;

it("gives the plugin's own answer, or none", { timeout: 900_000 }, async () => {
  const answers: Answer[] = [];
  for (const recorded of RECORDED) answers.push(await replay(recorded));
  const count = (kind: Answer) => answers.filter((answer) => answer === kind).length;
  const left = count("left by its words") + count("left when run");
  expect(answers.filter((answer) => answer.includes("\n"))).toEqual([]);
  expect({ equal: count("equal"), left }).toEqual({ equal: EQUAL, left: RECORDED.length - EQUAL });
});

const LOGIN = ["--hostname", "127.0.0.1", "--username", "mon", "--password", "secret"];

describe("leaves to the plugin", () => {
  it.each([
    [["--mode", "locks-waits"]],
    [["--mode", "sql"]],
    [["--mode", "uptime", "-v"]],
    [["--mode", "uptime", "--warn", "5"]],
    [["--mode", "uptime", "--method", "sqsh"]],
    [["--mode", "uptime", "--timeout", "2"]],
    [["--mode", "batch-requests", "--lookback", "60"]],
    [["--mode", "database-free", "--name", "(a+)+$", "--regexp"]],
    [["--mode", "database-free", "--name", "((a+))+$", "--regexp"]],
    [["--mode", "database-free", "--name", "(a|a)*$", "--regexp"]],
    [["--mode", "database-free", "--name", ".*.*.*x", "--regexp"]],
    [["--mode", "database-free", "--name", "[[:alpha:]]", "--regexp"]],
    [["--mode", "database-online", "--warningx", "db.*=5"]],
    [["--mode", "uptime", "--negate", "UNKNOWN - x=ok"]],
    [["--mode", "uptime", "--morphmessage", "a=b"]],
    [["--mode", "uptime", "--name", "größe"]],
  ])("%j", (words) => expect(checkMssqlHealth.understand([...LOGIN, ...words])).toBeUndefined());

  it("options that stand in the environment", async () => {
    vi.stubEnv("NAGIOS__HOSTPORT", "1");
    const asked = runCheck(checkMssqlHealth, [...LOGIN, "--mode", "uptime"], { shared });
    await expect(asked).rejects.toThrow("options in the environment");
    vi.unstubAllEnvs();
    vi.stubEnv("OMD_ROOT", home);
  });
});

it("says what is missing, as the plugin does", async () => {
  const { returnCode, output } = await runCheck(checkMssqlHealth, ["--mode", "uptime"], { shared });
  expect([returnCode, output]).toEqual([
    3,
    "UNKNOWN - Please specify hostname or server, username and password\n",
  ]);
});

it("makes one login, and ends it", async () => {
  await using server = await TdsServer.start({
    users: { mon: "secret" },
    answer: answerAs(INSTANCES["usual"] ?? { version: "", service: "" }),
  });
  await runCheck(checkMssqlHealth, [...LOGIN, "--port", String(server.port), "--mode", "database-free"], {
    shared,
  });
  // The server has no encryption, so there was a connection before that ended without a login.
  expect(server.logins).toBe(1);
  await expect.poll(() => server.open).toBe(0);
});

it("goes on with the values that the plugin has left, and leaves its own", async () => {
  const port = String(servers.ports.get("usual"));
  const folder = mkdtempSync(join(tmpdir(), "values-"));
  const file = join(folder, `batch-requests_batch_requests_127.0.0.1_${port}`);
  const timestamp = Math.floor(Date.now() / 1000) - 100;
  writeFileSync(file, `{\n   "timestamp" : ${timestamp},\n   "batch_requests" : "113456"\n}\n`);
  const words = [...LOGIN, "--port", port, "--mode", "batch-requests", "--statefilesdir", folder];
  const { output } = await runCheck(checkMssqlHealth, words, { shared });
  expect(Number(/- ([\d.]+) batch requests/.exec(output)?.[1])).toBeCloseTo(100, -1);
  expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ batch_requests: "123456" });
});
