import type { ByteString } from "../../../src/byte-string.ts";
import type { DeviationCase } from "./deviations.ts";
import { fieldsOf, type RecordedPair, type RecordedPayload } from "./recorded.ts";

/** What our worker must answer to a recorded job. `output` as on the wire, with escaped line feeds. */
export interface ExpectedResult {
  readonly returnCode: number;
  readonly output: ByteString;
  /**
   * Set when the result is neither that of the C nor that of the Go worker: the row of DEVIATIONS that says
   * why.
   */
  readonly deviation?: DeviationCase;
}

type PlainResult = Omit<ExpectedResult, "deviation">;

interface Rule {
  readonly deviation: DeviationCase;
  readonly apply: (result: PlainResult) => PlainResult;
}

/** Jobs for which we answer as the Go worker does, not as the C worker does. */
const AS_GO = new Set([
  // Without a shell the C worker gives the plugin a closed stdin, and stderr is full of it.
  "/srv/rig/plugins/p_stdin",
]);

/**
 * What the C worker adds of stderr, with the line feeds before it. If it follows the text of a return code
 * that is out of bounds, stdout was empty, and the line feed of the text stays, as in the Go worker's result.
 */
const STDERR = /(^CRITICAL: Return code of (?!126 |127 )[^\n]*\n)?\n*\[([^\]]*)\] $/;

/**
 * These rules make our result from that of the C worker. If ours then differs from both workers, the first
 * rule that changed the result names the deviation. The output is unescaped while the rules are applied.
 */
const RULES: readonly Rule[] = [
  {
    deviation: "25 is out of bounds like any other code",
    apply: (result) => ({ ...result, returnCode: result.returnCode > 3 ? 2 : result.returnCode }),
  },
  {
    deviation: "what a shell says of a signal is not the plugin's stderr",
    apply: (result) => ({ ...result, output: result.output.replace(/\n\[(Killed|Terminated)\] $/, "") }),
  },
  {
    deviation: "stderr stands in brackets on a line of its own",
    apply: (result) => ({ ...result, output: result.output.replace(STDERR, bracketStderr) }),
  },
  {
    deviation: "output is trimmed",
    apply: (result) => ({ ...result, output: result.output.replace(/^[\t-\r ]+|[\t-\r ]+$/g, "") }),
  },
];

/** The result our worker must send for a recorded job. */
export function expectedResult(pair: RecordedPair): ExpectedResult {
  const c = recordedResult(pair.result_c);
  const go = recordedResult(pair.result_go);
  if (AS_GO.has(fieldsOf(pair).get("command_line") ?? "")) return go;
  let result = { ...c, output: unescapeC(c.output) };
  let deviation: DeviationCase | undefined;
  for (const rule of RULES) {
    const changed = rule.apply(result);
    if (!isSame(changed, result)) deviation ??= rule.deviation;
    result = changed;
  }
  const ours = { ...result, output: result.output.replaceAll("\n", "\\n") };
  if (deviation === undefined || isSame(ours, c) || isSame(ours, go)) return ours;
  return { ...ours, deviation };
}

/** Return code and output of the one result a peer sent. */
export function recordedResult(results: readonly RecordedPayload[]): PlainResult {
  const [result] = results;
  if (result === undefined) throw new Error("no result recorded");
  const fields = fieldsOf(result);
  return { returnCode: Number(fields.get("return_code")), output: fields.get("output") ?? "" };
}

/** The C worker doubles backslashes and writes a line feed as `\n`. */
function unescapeC(output: ByteString): ByteString {
  return output.replace(/\\(.)/g, (_, escaped: string) => (escaped === "n" ? "\n" : escaped));
}

function bracketStderr(_: string, text: string | undefined, stderr: string): string {
  return `${text ?? ""}\n[${stderr}]`;
}

function isSame(one: PlainResult, other: PlainResult): boolean {
  return one.returnCode === other.returnCode && one.output === other.output;
}
