import { describe, expect, it } from "vitest";
import { negate } from "../../../plugins/core/negate.ts";
import type { CheckContext } from "../../../sdk/index.ts";
import { createIdentification } from "../../../src/run/routing/identity.ts";
import { answerNatively, execute, findPlugin } from "./real-plugins.ts";

const plugin = findPlugin("negate");
const DUMMY = findPlugin("check_dummy") ?? "/usr/lib/nagios/plugins/check_dummy";
const sh = (script: string) => ["/bin/sh", "-c", script];

/** The check must answer each of these itself. */
const UNDERSTOOD: readonly (readonly string[])[] = [
  ...["0", "1", "2", "3"].map((state) => [DUMMY, state, "text"]),
  ...["0", "1", "2", "3"].map((state) => ["-s", DUMMY, state, "OK WARNING CRITICAL UNKNOWN OKOK"]),
  [DUMMY, "4"],
  ["--", DUMMY, "0"],
  ["-o", "WARNING", DUMMY, "0"],
  ["-oWARNING", DUMMY, "0"],
  ["-o", "warning", DUMMY, "0"],
  ["-o", "Unknown", DUMMY, "0"],
  ["-o", "1", DUMMY, "0"],
  ["-o", "WARNING", DUMMY, "2"],
  ["-w", "OK", DUMMY, "1"],
  ["-c", "3", DUMMY, "2"],
  ["-u", "0", DUMMY, "3"],
  ["-o", "OK", DUMMY, "2", "text"],
  ["-o", "1", "-o", "2", DUMMY, "0"],
  ["--ok=WARNING", DUMMY, "0"],
  ["--o=WARNING", DUMMY, "0"],
  ["--ok", "WARNING", DUMMY, "0"],
  ["--crit=UNKNOWN", "--warn", "0", "--unk=1", DUMMY, "2"],
  ["-so", "CRITICAL", DUMMY, "0", "OK is OKAY"],
  ["-sswOK", DUMMY, "1", "WARNING"],
  ["--substitute", "--ok=UNKNOWN", DUMMY, "0"],
  ["--sub", DUMMY, "2"],
  ["-s", "-o", "OK", "-c", "2", DUMMY, "2", "CRITICAL"],
  ["-t", "5", DUMMY, "0"],
  ["-t5", DUMMY, "0"],
  ["-st5", DUMMY, "0"],
  ["--timeout=5", DUMMY, "0"],
  ["--timeout", "5", "--timeout-result=OK", DUMMY, "0"],
  ["--timeout-=1", DUMMY, "0"],
  ["-T", "WARNING", DUMMY, "0"],
  ["-t", "1", "/bin/sleep", "20"],
  ["-t1", "-T", "unknown", "/bin/sleep", "20"],
  ["-s", "-t1", "-T0", ...sh("echo CRITICAL; exec /bin/sleep 20")],
  [`${DUMMY} 0 text`],
  [`${DUMMY}  0\ttext  more `],
  ["-s", `${DUMMY} 2`],
  ["/nonexistent/plugin"],
  ["/nonexistent/plugin", "0"],
  ["./nonexistent"],
  ["/etc/passwd"],
  ["/"],
  ["/bin/true"],
  ["/bin/false"],
  ...["0", "1", "2", "3", "4", "5", "126", "127", "255"].map((code) => sh(`exit ${code}`)),
  ...["0", "1", "2", "3", "5", "126", "127", "255"].map((code) => [
    "-s",
    ...sh(`echo OK WARNING; exit ${code}`),
  ]),
  sh("kill -9 $$"),
  sh("echo text; kill -9 $$"),
  sh("echo text >&2; exit 2"),
  sh("echo out; printf 'err\\n\\nmore' >&2; exit 2"),
  sh("printf 'no line break'; exit 2"),
  sh("printf 'a\\nb\\n\\n\\n'; exit 2"),
  sh("echo; exit 2"),
  ["-s", ...sh("printf 'CRITICAL\\nCRITICAL|a=1\\nmore CRITICAL'; exit 2")],
  sh("printf 'a\\0b\\nc\\0\\n\\0d\\n'; printf 'x\\0y' >&2; exit 2"),
  sh("printf '\\377\\200\\r\\n'; exit 2"),
  sh("echo LC_ALL=$LC_ALL LANG=$LANG; exit 2"),
  ["/bin/echo", 'it\'s "quoted"', "", "-s", "--"],
];

const EXECUTED: readonly (readonly string[])[] = [
  [],
  ["-h"],
  ["--help", DUMMY, "0"],
  ["-V", DUMMY, "0"],
  ["--vers", DUMMY, "0"],
  ["-s"],
  ["-o", "WARNING"],
  ["-x", DUMMY, "0"],
  ["--nothing", DUMMY, "0"],
  ["--time=3", DUMMY, "0"],
  ["--substitute=1", DUMMY, "0"],
  ["-o"],
  ["--ok"],
  ["-o", "DEPENDENT", DUMMY, "0"],
  ["-o", "4", DUMMY, "0"],
  ["-o", "01", DUMMY, "0"],
  ["-o", "", DUMMY, "0"],
  ["-o", "x", "-o", "1", DUMMY, "0"],
  ["-T", "7", DUMMY, "0"],
  ["-t", "x", DUMMY, "0"],
  ["-t", "0", DUMMY, "0"],
  ["-t", "-5", DUMMY, "0"],
  ["-t", "", DUMMY, "0"],
  ["-t", "5:CRITICAL", DUMMY, "0"],
  ["check_dummy", "0"],
  ["../check_dummy", "0"],
  ["", DUMMY],
  ["-", DUMMY],
  [`${DUMMY} 0 'a b'`],
  [`${DUMMY} 0 "a b"`],
  [` ${DUMMY} 0`],
];

describe("negate answers as the plugin does", () => {
  it.skipIf(plugin === undefined).each(UNDERSTOOD.map((argv) => [argv]))("%j", async (argv) => {
    const real = await execute({ words: [plugin ?? "", ...argv], environment: [] });
    expect(await answerNatively(negate, argv)).toEqual(real);
  });

  it.skipIf(plugin === undefined)(
    "save return code 4, for which the plugin reads past its table",
    async () => {
      expect(await answerNatively(negate, sh("echo text; exit 4"))).toMatchObject({
        returnCode: 4,
        stdout: "text\n",
      });
    },
  );
});

describe("negate leaves to the plugin", () => {
  it.each(EXECUTED.map((argv) => [argv]))("%j", (argv) => {
    expect(negate.understand(argv)).toBeUndefined();
  });
});

it("gives its command eleven seconds when no time is asked for", async () => {
  const limits: unknown[] = [];
  const context: CheckContext = {
    signal: new AbortController().signal,
    log: () => {},
    shared: () => {
      throw new Error("unasked");
    },
    execute: async (each) => {
      limits.push(each);
      return { kind: "timed-out" };
    },
  };
  const answer = await negate.understand([DUMMY, "0"])?.run(context);
  expect(limits).toEqual([{ timeoutMs: 11_000 }]);
  expect(answer).toEqual({ returnCode: 2, output: "CRITICAL - Plugin timed out after 11 seconds\n" });
});

it.skipIf(plugin === undefined)("recognises the plugin's file", () => {
  expect(createIdentification()(plugin ?? "", negate)).toMatchObject({ kind: "replaced" });
});
