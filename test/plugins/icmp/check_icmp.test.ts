import { describe, expect, it } from "vitest";
import { checkFping } from "../../../plugins/icmp/check_fping.ts";
import { checkHost } from "../../../plugins/icmp/check_host.ts";
import { checkIcmp } from "../../../plugins/icmp/check_icmp.ts";
import { checkPing } from "../../../plugins/icmp/check_ping.ts";
import { SharedValues } from "../../../sdk/shared.ts";
import { mayPing } from "../../support/processes/icmp-socket.ts";
import { mayHaveNetwork } from "../../support/processes/network-namespace.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { type Rights, runInNetwork } from "../network/network.ts";
import { type Line, TIMES, toSaid } from "../network/network-run.ts";
import { readNetworkTranscripts, replay } from "../oracle.ts";

const CHECKS = [checkIcmp, checkHost, checkPing, checkFping];

describe.skipIf(!mayPing())("the transcripts", () => {
  // The run that is "ok" and executed is a usage error too: its positional arguments are in the wrong order.
  it.concurrent.each([
    { check: checkIcmp, equal: 12, executed: { badargs: 1, verbose: 1 } },
    { check: checkHost, equal: 11, executed: { badargs: 2, verbose: 1, version: 1 } },
    { check: checkPing, equal: 11, executed: { badargs: 4, ok: 1, version: 1 } },
    { check: checkFping, equal: 7, executed: { badargs: 2, version: 1 } },
  ])("of $check.name", { timeout: 30_000, retry: 2 }, async ({ check, equal, executed }) => {
    await using shared = new SharedValues({ log: () => {} });
    const replayed = await replay(check, { shared, rules: [TIMES], atOnce: 1 });
    expect(replayed.differences).toEqual([]);
    expect({ equal: replayed.counts.equal, executed: replayed.executed }).toEqual({ equal, executed });
  });
});

const network = readNetworkTranscripts(CHECKS.map(({ name }) => name));
const lines = network.map(({ plugin, args }) => ({ check: plugin as Line["check"], argv: args }));
const recorded = network.map(({ exit, stdout, stderr }) => toSaid(exit ?? -1, stdout, stderr));

describe.skipIf(!hasServer("ip") || !mayHaveNetwork())("in a network of loss and missing routes", () => {
  it.concurrent.each<{ rights: Rights }>([{ rights: "capability" }, { rights: "group" }])(
    "the transcripts, with the right of a $rights",
    { timeout: 60_000 },
    async ({ rights }) => {
      const { results, log } = await runInNetwork(rights, { lines, compares: false });
      expect(results.map(({ native }) => native)).toEqual(recorded);
      expect(results).toHaveLength(15);
      expect(log).toEqual([]);
    },
  );

  it.concurrent.each<{ rights: Rights }>([{ rights: "capability" }, { rights: "group" }])(
    "forged replies and errors count for nothing, with the right of a $rights",
    { timeout: 60_000 },
    async ({ rights }) => {
      const asked = [
        ["10.6.0.1", "-n5"],
        ["10.7.0.1", "-n1"],
      ];
      const hostile = asked.map((argv) => ({ check: "check_icmp", argv }) as const);
      const { results, log } = await runInNetwork(rights, { lines: hostile, compares: false });
      expect(results.map(({ native }) => native)).toMatchObject([
        { returnCode: 0, output: expect.stringContaining("OK - 10.6.0.1: rta N.NNNms, lost 0%|") },
        { returnCode: 2, output: expect.stringContaining("CRITICAL - 10.7.0.1: rta nan, lost 100%|") },
      ]);
      expect(log).toEqual([]);
    },
  );

  it.concurrent("without the right to send, the plugins are executed, and it is said once for each family", {
    timeout: 60_000,
  }, async () => {
    const other: Line = { check: "check_icmp", argv: ["::1"] };
    const { results, log } = await runInNetwork("none", {
      lines: [...lines, other, other],
      compares: false,
    });
    expect(new Set(results.map(({ native }) => native))).toEqual(
      new Set(["no ICMP socket can be opened here"]),
    );
    expect(log.toSorted()).toEqual([
      expect.stringMatching(/^no ICMP socket for IPv4 \(EPERM\): /),
      expect.stringMatching(/^no ICMP socket for IPv6 \(EPERM\): /),
    ]);
  });
});
