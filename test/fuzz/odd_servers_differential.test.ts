import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createOddServer, type OddServer } from "../../fuzz/odd-servers/odd-server.ts";
import type { Protocol } from "../../fuzz/odd-servers/protocol.ts";
import { PROTOCOLS } from "../../fuzz/odd-servers/protocols/index.ts";
import { serveOddly } from "../../fuzz/odd-servers/serve.ts";
import { findPlugin } from "../plugins/core/real-plugins.ts";
import { compareWithPlugin, RUNS, SEED } from "../plugins/differential.ts";
import { FamilyReport } from "../plugins/family-report.ts";
import { createCertificate, inDays } from "../support/servers/certificates.ts";
import { FakeServers } from "../support/servers/fake-servers.ts";

/** How many servers of each protocol. DIFFERENTIAL_RUNS may say another number, such as 2000. */
const SERVERS = process.env["DIFFERENTIAL_RUNS"] === undefined ? 48 : RUNS;
/** So many listen at a time. */
const AT_ONCE = 96;

interface Started {
  readonly number: number;
  readonly port: string;
  readonly server: OddServer;
}

/** Starts servers with these numbers. */
async function startAll(protocol: Protocol, servers: FakeServers, numbers: readonly number[]) {
  const certificate = protocol.usesTls
    ? createCertificate({ commonNames: ["odd.example"], notAfter: inDays(20) })
    : undefined;
  const start = async (number: number): Promise<Started> => {
    const server = createOddServer(protocol, SEED, number);
    const serve = serveOddly(server, protocol);
    const port = await (certificate ? servers.tls(certificate, serve) : servers.tcp(serve));
    return { number, server, port: String(port) };
  };
  return await Promise.all(numbers.map(start));
}

describe.each(PROTOCOLS.map((protocol) => [protocol.name, protocol] as const))(
  "odd servers of %s",
  (_, protocol) => {
    const report = new FamilyReport(`odd servers of ${protocol.name}`);
    const checks = new Set(protocol.dialogues.map(({ check }) => check));
    const isInstalled = [...checks].every(({ name }) => findPlugin(name) !== undefined);
    let equal = 0;
    beforeAll(() => {
      vi.stubEnv("HOME", mkdtempSync(join(tmpdir(), "home-")));
      vi.stubEnv("LC_ALL", "C.UTF-8"); // as the plugins are run
    });
    afterAll(() => {
      vi.unstubAllEnvs();
      report.print();
    });

    /** What differs, with the number of the server and what it says. */
    async function compareWith(numbers: readonly number[]): Promise<readonly string[]> {
      await using servers = new FakeServers();
      const started = await startAll(protocol, servers, numbers);
      const { rules = [] } = protocol;
      const found: string[] = [];
      for (const check of checks) {
        const mine = started.filter(({ server }) => server.dialogue.check === check);
        const lines = mine.map(({ server, port }) =>
          server.dialogue.words.map((word) => (word === "PORT" ? port : word)),
        );
        const plugin = findPlugin(check.name) ?? "";
        const compared = await compareWithPlugin(check, plugin, lines, { rules, report });
        equal += compared.equal;
        for (const text of compared.differences.filter(hasEnded))
          found.push(...mine.filter(isIn(text)).map(show(text)));
      }
      return found;
    }

    it.skipIf(!isInstalled)(
      "are told of as by the plugin, or left to it",
      { timeout: 120_000 + 1_000 * SERVERS },
      async () => {
        const found: string[] = [];
        for (let from = 0; from < SERVERS; from += AT_ONCE) {
          const length = Math.min(AT_ONCE, SERVERS - from);
          found.push(...(await compareWith(Array.from({ length }, (_none, at) => from + at))));
        }
        expect(found).toEqual([]);
        // Checks that leave all to the plugin would show nothing.
        expect(equal).toBeGreaterThan(SERVERS / 8);
      },
    );
  },
);

/** A plugin that crashes says nothing to compare with: check_http does at a status without a blank. */
const hasEnded = (text: string) => !text.includes('\n  plugin ["signalled"]\n');

const isIn = (text: string) => (each: Started) => text.includes(JSON.stringify(each.port));

const show =
  (text: string) =>
  ({ number, server }: Started) => {
    const said = JSON.stringify(server.turns.map((turn) => turn.toString("latin1").slice(0, 2_000)));
    return `server ${number}: ${text}\n  says ${said}${server.closes ? ", and hangs up" : ""}`;
  };
