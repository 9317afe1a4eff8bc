import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SESSIONS_URL } from "../../plugins/index.ts";
import { CheckFailure } from "../../sdk/failure.ts";
import { Unread } from "../../src/run/routing/unread.ts";
import { SiteShelf } from "../../src/run/shelf.ts";
import { createFolder } from "../support/folder.ts";
import { hasServer } from "../support/servers/installed.ts";
import { Snmpd } from "../support/servers/snmpd.ts";
import { Sshd } from "../support/servers/sshd.ts";
import { stubLog } from "../support/stub-log.ts";

/** A site's check that asks with what its words say, and answers with what it was told. */
const CHECK = `
import { defineCheck, words } from "omd-worker/sdk";

export const check = defineCheck({
  name: "check_fleet",
  summary: "asks over sessions",
  options: { words: words("WORD…", "what to ask") },
  async run({ words: [what, agent = "{}", ...rest] }, { snmp, ssh }) {
    const whom = JSON.parse(agent);
    switch (what) {
      case "get": return show(await snmp.get(whom, rest));
      case "walk": return show(await snmp.walk(whom, rest[0] ?? ""));
      default: return show(await ssh.run(whom, rest.join(" ")));
    }
  },
});

const show = (told: unknown) => ({ returnCode: 0, output: JSON.stringify(told) });
`;

const folder = createFolder();
const log = stubLog();
const shelf = new SiteShelf({ builtin: [], sessions: SESSIONS_URL, log });

beforeAll(async () => {
  writeFileSync(join(folder.path, "check_fleet.ts"), CHECK);
  await shelf.open([folder.path]);
});
afterAll(async () => {
  await shelf[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

async function ask(what: string, whom: object, ...rest: readonly string[]): Promise<unknown> {
  const argv = [what, JSON.stringify(whom), ...rest];
  const understand = () => shelf.find("check_fleet")?.understand(argv);
  try {
    understand();
  } catch (error) {
    if (error instanceof Unread) await error.reading;
  }
  const context = { signal: AbortSignal.timeout(60_000), log: () => {}, execute: never, shared: never };
  const output = await understand()?.run(context);
  return JSON.parse(output?.output ?? "");
}

/** The answer of a run that fails. */
const failureOf = (...asked: Parameters<typeof ask>) =>
  ask(...asked).then(
    (told) => told,
    (error: unknown) => (error instanceof CheckFailure ? [error.state, error.message] : error),
  );

function never(): never {
  throw new Error("a thread has values of its own");
}

const SYSTEM = "1.3.6.1.2.1.1";

describe.skipIf(!hasServer("snmpd"))("SNMP sessions of a site's checks", () => {
  let snmpd: Snmpd;
  beforeAll(async () => {
    snmpd = await Snmpd.start();
  });
  afterAll(() => snmpd[Symbol.asyncDispose]());

  const v2c = (more = {}) => ({ host: "127.0.0.1", port: snmpd.port, community: "public", ...more });
  const v3 = (more = {}) => ({
    host: "127.0.0.1",
    port: snmpd.port,
    user: "shaaes",
    authentication: { protocol: "SHA", password: "authpass123" },
    privacy: { protocol: "AES", password: "privpass123" },
    ...more,
  });

  it.each([
    ["2c", v2c],
    ["1", () => v2c({ version: "1" })],
    ["3", v3],
  ])("get objects and walk below one, version %s", async (_, agent) => {
    const [uptime, name] = (await ask("get", agent(), `${SYSTEM}.3.0`, `.${SYSTEM}.5.0`)) as object[];
    expect(uptime).toMatchObject({ oid: `${SYSTEM}.3.0`, type: "ticks", number: expect.any(Number) });
    expect(name).toMatchObject({ type: "octets", number: null, text: expect.stringMatching(/./) });
    const walked = (await ask("walk", agent(), SYSTEM)) as { oid: string; type: string }[];
    expect(walked.length).toBeGreaterThan(6);
    expect(walked.slice(0, 3).map(({ oid, type }) => `${oid} ${type}`)).toEqual([
      `${SYSTEM}.1.0 octets`,
      `${SYSTEM}.2.0 oid`,
      `${SYSTEM}.3.0 ticks`,
    ]);
    expect(walked.every(({ oid }) => oid.startsWith(`${SYSTEM}.`))).toBe(true);
    expect(await ask("walk", agent(), "1.3.6.1.4.1.99998")).toEqual([]);
  });

  it("say what is missing, and who does not answer", async () => {
    const missing = "1.3.6.1.4.1.99998.1";
    const quick = { timeout: 0.2, retries: 0 };
    expect(await failureOf("get", v2c(), missing)).toEqual([
      3,
      `UNKNOWN - 127.0.0.1: there is no object ${missing}`,
    ]);
    expect(await failureOf("get", v2c({ community: "wrong", ...quick }), `${SYSTEM}.3.0`)).toEqual([
      2,
      "CRITICAL - 127.0.0.1: no SNMP answer",
    ]);
    expect(await failureOf("get", v3({ user: "nobody", failure: 1, ...quick }), `${SYSTEM}.3.0`)).toEqual([
      1,
      "WARNING - 127.0.0.1: the agent refuses: Unknown User Name",
    ]);
  });

  it("show no password, and say that a login is not understood", async () => {
    const agent = v3({ authentication: { protocol: "SHA", password: "secret7" } });
    const [state, message] = (await failureOf("get", agent, `${SYSTEM}.3.0`)) as [number, string];
    expect(state).toBe(3);
    expect(message).toContain("the SNMP login is not understood");
    expect(message).not.toContain("secret7");
  });

  it("name an OID that is none", async () => {
    expect(await failureOf("get", v2c(), "sysUpTime.0")).toMatchObject({
      message: "sysUpTime.0 is no OID of numbers, such as 1.3.6.1.2.1.1.3.0",
    });
  });
});

describe.skipIf(!hasServer("sshd"))("ssh connections of a site's checks", () => {
  let sshd: Sshd;
  let knownHosts: string;
  beforeAll(async () => {
    sshd = await Sshd.start();
    knownHosts = sshd.folder.file("known_hosts", sshd.knownHost());
  });
  afterAll(() => sshd[Symbol.asyncDispose]());

  const server = (more = {}) => {
    const { host, port, user, identity } = sshd;
    return {
      host,
      port,
      user,
      identity,
      options: [`UserKnownHostsFile=${knownHosts}`],
      timeout: 50,
      ...more,
    };
  };

  it("run a command, and are kept for the next one", async () => {
    expect(await ask("run", server(), "echo grün; echo no >&2; exit 3")).toEqual({
      returnCode: 3,
      stdout: "grün\n",
      stderr: "no\n",
    });
    expect(await ask("run", server(), "echo again")).toMatchObject({ returnCode: 0, stdout: "again\n" });
    expect(sshd.logins).toBe(1);
  });

  it("say why there is no login, and that time is up", async () => {
    const empty = sshd.folder.file("nobody_known", "");
    const options = [`UserKnownHostsFile=${empty}`, "StrictHostKeyChecking=yes"];
    expect(await failureOf("run", server({ options }), "true")).toEqual([
      2,
      "CRITICAL - 127.0.0.1: Host key verification failed.",
    ]);
    expect(await failureOf("run", server({ timeout: 0.5, failure: 1 }), "sleep 60")).toEqual([
      1,
      "WARNING - 127.0.0.1: no answer over ssh within 0.5 seconds",
    ]);
  });

  it("say that an option is not understood", async () => {
    expect(await failureOf("run", server({ options: ["Nonsense"] }), "true")).toMatchObject({
      message: "ssh 127.0.0.1: one of the options is not understood",
    });
  });
});
