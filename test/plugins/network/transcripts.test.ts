import { describe, expect, it } from "vitest";
import { mayHaveNetwork } from "../../support/processes/network-namespace.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { readNetworkTranscripts } from "../oracle.ts";
import { runInNetwork } from "./network.ts";
import { type Line, toSaid } from "./network-run.ts";

const CHECKS: readonly Line["check"][] = [
  ...(["check_by_ssh", "check_http", "check_mysql", "check_nrpe", "check_nt", "check_pgsql"] as const),
  ...(["check_snmp", "check_ssh", "check_tcp"] as const),
];

/** Why a run is left to the plugin: libmariadb's text depends on when it learns that there is no route. */
const LEFT: Readonly<Record<string, string>> = { check_mysql: "a socket that only libmariadb can make" };

describe.skipIf(!hasServer("ip") || !mayHaveNetwork())("in a network of loss and missing routes", () => {
  it("the transcripts of what connects are answered as recorded", { timeout: 60_000 }, async () => {
    const transcripts = readNetworkTranscripts(CHECKS);
    const lines = transcripts.map(({ plugin, args }) => ({ check: plugin as Line["check"], argv: args }));
    const { results, log } = await runInNetwork("capability", { lines, compares: false });
    expect(results.map(({ native }) => native)).toEqual(
      transcripts.map(
        ({ plugin, exit, stdout, stderr }) => LEFT[plugin] ?? toSaid(exit ?? -1, stdout, stderr),
      ),
    );
    expect(results).toHaveLength(10);
    expect(log).toEqual([]);
  });
});
