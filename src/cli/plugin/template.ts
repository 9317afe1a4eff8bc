/** What `omd-worker plugin new` writes. `check_rack_door` → `checkRackDoor`. */
function constantOf(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

export function renderNewCheck(name: string): string {
  return `import { answer, defineCheck, getStatus, perfdata, range, words } from "omd-worker/sdk";

/** The worker runs this for command lines that call ${name}, such as: ${name} -w 10 -c 20 7 8 */
export const ${constantOf(name)} = defineCheck({
  name: "${name}", // the file name on the command line; no such plugin has to exist
  summary: "the sum of some whole numbers",

  // What the words of the command line mean. Where they are not understood, the check does not answer.
  // There are also text, flag, integer, number, seconds, port, list …: see the README of the SDK.
  options: {
    warning: range("-w, --warning=RANGE", "the sum that is a warning, as 10, 10:20 or @5:10"),
    critical: range("-c, --critical=RANGE", "the sum that is critical"),
    numbers: words("NUMBER…", "what is added up", { min: 1 }),
  },
  accept: ({ numbers }) => numbers.every((each) => /^-?[0-9]{1,15}$/.test(each)),

  // The types follow from the table: warning and critical are Range | undefined, numbers is readonly
  // string[]. It may be async. It must end when context.signal is aborted: hand that to fetch, once, connect
  // … A failure is an answer, too: throw new CheckFailure("no connection", CRITICAL).
  run({ warning, critical, numbers }) {
    const sum = numbers.reduce((total, each) => total + Number(each), 0);
    return answer({
      service: "SUM",
      state: getStatus(sum, { warning, critical }),
      text: \`\${numbers.length} numbers make \${sum}\`,
      perfdata: [perfdata("sum", sum, "")],
    });
  },
});
`;
}

export function renderNewTest(name: string): string {
  const constant = constantOf(name);
  const imports = [
    'import assert from "node:assert/strict";',
    'import { test } from "node:test";',
    'import { runCheck } from "omd-worker/sdk/testing";',
    `import { ${constant} } from "./${name}.ts";`,
  ];
  return `${imports.join("\n")}

test("adds up", async () => {
  const { returnCode, output } = await runCheck(${constant}, "-w 10 -c 20 7 8");
  assert.deepEqual({ returnCode, output }, { returnCode: 1, output: "SUM WARNING - 2 numbers make 15|sum=15;;;;\\n" });
});

test("does not answer for what is no whole number", () => {
  assert.equal(${constant}.understand(["7", "eight"]), undefined);
});
`;
}
