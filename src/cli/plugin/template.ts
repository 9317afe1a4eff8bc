/** What `omd-worker plugin new` writes. `check_rack_door` → `checkRackDoor`. */
function constantOf(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

export function renderNewCheck(name: string): string {
  return `import { defineCheck, report, thresholds, words } from "omd-worker/sdk";

/** The worker runs this for command lines that call ${name}, such as: ${name} -w 10 -c 20 7 8 */
export const ${constantOf(name)} = defineCheck({
  name: "${name}", // the file name on the command line; no such plugin has to exist
  summary: "the sum of some whole numbers",

  // What the words of the command line mean: --help is made of it, and the answer to wrong words.
  // There are also text, flag, integer, number, seconds, port, list …: see the README of the SDK.
  options: {
    ...thresholds("sums"), // -w and -c, as 10, 10:20 or @5:10
    numbers: words("NUMBER…", "what is added up", { min: 1 }),
  },
  accept: ({ numbers }) => numbers.every((each) => /^-?[0-9]{1,15}$/.test(each)) || "NUMBER is a whole number",

  // The types follow from the table: warning and critical are Range | undefined, numbers is readonly
  // string[]. It may be async; the second parameter has http, values (for rates), signal, log …
  // A failure is an answer, too: throw new CheckFailure("CRITICAL - no connection", CRITICAL).
  run({ warning, critical, numbers }) {
    const sum = numbers.reduce((total, each) => total + Number(each), 0);
    return report("SUM").value("sum", sum, {
      warning,
      critical,
      text: \`\${numbers.length} numbers make \${sum}\`,
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
  assert.deepEqual({ returnCode, output }, { returnCode: 1, output: "SUM WARNING - 2 numbers make 15|sum=15;10;20\\n" });
});

test("says what is wrong with its words", async () => {
  const { returnCode, output } = await runCheck(${constant}, "7 eight");
  assert.equal(returnCode, 3);
  assert.match(output, /^UNKNOWN - ${name}: NUMBER is a whole number\\n/);
});
`;
}
