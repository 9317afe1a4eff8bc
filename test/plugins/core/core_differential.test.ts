import { afterAll, describe, expect, it } from "vitest";
import { checkDummy } from "../../../plugins/core/check_dummy.ts";
import { negate } from "../../../plugins/core/negate.ts";
import type { Check } from "../../../sdk/index.ts";
import { type Choices, compareWithPlugin, RUNS, randomLines, seldom, share } from "../differential.ts";
import { FamilyReport } from "../family-report.ts";
import { DUMMY_FORMS, NEGATE_FORMS, type RealForm } from "../real-forms.ts";
import { realLines } from "../real-lines.ts";
import { findPlugin } from "./real-plugins.ts";

const DUMMY = findPlugin("check_dummy") ?? "";
const STATES = ["OK", "WARNING", "CRITICAL", "UNKNOWN", "warning", "0", "1", "2", "3", "DEPENDENT", "4", ""];
const TEXTS = [
  "text",
  "",
  "local core",
  "OK WARNING CRITICAL UNKNOWN OKOK",
  "Results of backup job were not reported!|a=1;2;3 b=4%",
  "two\nlines|x=1\nmore CRITICAL|y=2",
  "caf\xc3\xa9 \xe2\x82\xac",
  "%s %d \\n \\",
  'it\'s "quoted" `x` $HOME',
  "--help",
];

const MACROS = {
  STATE: ["0", "0", "1", "2", "3", "4", "-1"],
  TEXT: ["CRITICAL: no result", "Icinga started", "OK", "no check"],
  NUMBER: ["1", "17.5"],
  TIMEOUT: ["5", "20"],
  NEW: ["OK", "WARNING", "CRITICAL", "UNKNOWN", "0", "1", "2", "3"],
  PLUGIN: [DUMMY],
};

const sh = (script: string): readonly string[] => ["/bin/sh", "-c", script];

/** What negate runs. */
const COMMANDS: Choices = [
  ...["0", "1", "2", "3", "4", "5", "x"].flatMap((state) => TEXTS.map((text) => [DUMMY, state, text])),
  [`${DUMMY} 2 text`],
  [`${DUMMY} 0 'a b'`],
  ["/not/there"],
  ["check_dummy", "0"],
  ["/bin/false"],
  // With return code 4 the plugin reads beyond its table.
  ...["0", "1", "2", "3", "126", "127", "255"].map((code) => sh(`echo OK WARNING; exit ${code}`)),
  sh("echo out; echo err >&2; exit 1"),
  sh("echo only err >&2; exit 2"),
  sh("printf 'CRITICAL no end'; exit 2"),
  sh("printf 'a\\n\\nb\\n'; exit 1"),
  sh("echo CRITICAL; kill -9 $$"),
  sh("echo WARNING; kill -15 $$"),
  [],
];

const as = (...names: readonly string[]): Choices =>
  names.flatMap((name) => STATES.map((state) => (name.endsWith("=") ? [name + state] : [name, state])));

const report = new FamilyReport("check_dummy and negate");

describe.skipIf(DUMMY === "")("the same answers as", () => {
  afterAll(() => report.print());
  const timeout = 60_000 + 100 * RUNS;

  async function expectSame(check: Check, lines: Iterable<readonly string[]>, mayLeave: number) {
    const compared = await compareWithPlugin(check, findPlugin(check.name) ?? "", lines, { report });
    expect(compared.differences).toEqual([]);
    expect(compared.executed).toBeLessThanOrEqual(mayLeave * (compared.equal + compared.executed));
  }
  const asConfigured = (forms: readonly RealForm[], part: number) =>
    realLines(forms, MACROS, { count: share(part) });

  it("check_dummy", { timeout }, () => {
    const states = ["0", "1", "2", "3", "00", "4", "25", "255", "-1", "x", "", "1 ", "99999999999"];
    const text = seldom(
      TEXTS.map((each) => [each]),
      3,
    );
    const rows: readonly Choices[] = [states.map((state) => [state]), text, seldom([["more"], ["-v"]], 8)];
    return expectSame(checkDummy, randomLines(rows, { count: share(0.25) }), 0.6);
  });

  it("check_dummy as configurations call it", { timeout }, () =>
    expectSame(checkDummy, asConfigured(DUMMY_FORMS, 0.15), 0),
  );

  it("negate", { timeout }, () => {
    const rows: readonly Choices[] = [
      seldom([["-s"], ["--substitute"]], 5),
      seldom(as("-o", "--ok", "--ok="), 5),
      seldom(as("-w", "-c", "--warning=", "--critical"), 5),
      seldom(as("-u", "--unknown="), 7),
      seldom([["-t", "20"], ["--timeout=15"], ["-T", "WARNING"], ["-T", "x"]], 8),
      seldom([["--"]], 8),
      COMMANDS,
    ];
    return expectSame(negate, randomLines(rows, { count: share(0.4) }), 0.6);
  });

  it("negate as configurations call it", { timeout }, () =>
    expectSame(negate, asConfigured(NEGATE_FORMS, 0.2), 0.2),
  );
});
