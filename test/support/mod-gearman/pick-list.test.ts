import { describe, expect, it } from "vitest";
import { DEVIATIONS } from "./deviations.ts";
import { expectedResult, recordedResult } from "./pick-list.ts";
import { fieldsOf, type RecordedPair, recordedPairs } from "./recorded.ts";

const PAIRS = recordedPairs();
const RECORDED_DEVIATIONS = DEVIATIONS.filter((deviation) => deviation.commandLine !== undefined);

describe("the pick list", () => {
  it("chooses a peer's own result for every recorded job, except for these", () => {
    const deviating = new Map<string, string>();
    for (const pair of PAIRS) {
      const { deviation, ...ours } = expectedResult(pair);
      const peers = [recordedResult(pair.result_c), recordedResult(pair.result_go)];
      if (deviation === undefined) expect(peers).toContainEqual(ours);
      else expect(peers).not.toContainEqual(ours);
      if (deviation !== undefined) deviating.set(commandOf(pair), deviation);
    }
    expect(PAIRS.length).toBe(147);
    expect(Object.fromEntries(deviating)).toEqual({
      'p_echo 25 "rc 25 text"': "25 is out of bounds like any other code",
      'p_killself "KILL"': "what a shell says of a signal is not the plugin's stderr",
      'p_stderr 0 "OK - out" "and err"': "stderr stands in brackets on a line of its own",
      "p_perl_die.pl": "stderr stands in brackets on a line of its own",
      'p_does_not_exist "a b" | cat; exit 127': "stderr stands in brackets on a line of its own",
      'p_echo 4 "rc four text"': "output is trimmed",
      'p_echo 255 "rc 255 text"': "output is trimmed",
      "p_killself TERM": "output is trimmed",
      "p_killself SEGV": "output is trimmed",
      p_noshebang: "output is trimmed",
      "p_perl_epn.pl one": "output is trimmed",
    });
  });

  it("never chooses a state the core does not know", () => {
    for (const pair of PAIRS) expect([0, 1, 2, 3]).toContain(expectedResult(pair).returnCode);
  });

  it.each(RECORDED_DEVIATIONS)("$case: $commandLine", (deviation) => {
    const pair = PAIRS.find((job) => fieldsOf(job).get("command_line") === deviation.commandLine);
    if (pair === undefined) throw new Error("not recorded");
    const ours = expectedResult(pair);
    expect(ours.deviation).toBe(deviation.case);
    expect(row(recordedResult(pair.result_c))).toBe(deviation.c);
    expect(row(recordedResult(pair.result_go))).toBe(deviation.go);
    expect(row(ours)).toBe(deviation.ours);
  });
});

function commandOf(pair: RecordedPair): string {
  return (fieldsOf(pair).get("command_line") ?? "").replace("/srv/rig/plugins/", "");
}

function row(result: { readonly returnCode: number; readonly output: string }): string {
  return `${result.returnCode} ${result.output}`;
}
