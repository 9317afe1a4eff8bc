import { describe, expect, it } from "vitest";
import { type CheckContext, CheckFailure, type CheckOutput, defineCheck, words } from "../../sdk/index.ts";
import { SharedValues } from "../../sdk/shared.ts";
import { runCheck, splitWords } from "../../sdk/testing.ts";

function checkThat(
  run: (context: CheckContext, words: readonly string[]) => CheckOutput | Promise<CheckOutput>,
) {
  return defineCheck({
    name: "check_x",
    summary: "",
    options: { words: words("[WORD…]", "") },
    command: (options) => ({ words: options.words, environment: [] }),
    run: (options, context) => run(context, options.words),
  });
}

const OUTPUT = { returnCode: 1, output: "said" };

it("gives the answer, and what was logged", async () => {
  const check = checkThat(({ log }, said) => {
    log("a line");
    return { returnCode: 1, output: said.join("|") };
  });
  const run = { returnCode: 1, output: "a|b c", stderr: "", log: ["a line"] };
  expect(await runCheck(check, "a 'b c'")).toEqual(run);
  expect(await runCheck(check, ["a", "b c"])).toEqual(run);
});

it("takes a CheckFailure for an answer, anything else for a fault", async () => {
  const failing = (error: Error) =>
    runCheck(
      checkThat(() => Promise.reject(error)),
      "",
    );
  expect(await failing(new CheckFailure("no", 2))).toMatchObject({ returnCode: 2, output: "no" });
  await expect(failing(new Error("broken"))).rejects.toThrow("broken");
});

it("rejects where the plugin would be executed", async () => {
  const standIn = defineCheck({
    name: "check_x",
    summary: "",
    options: {},
    replaces: { suite: "monitoring-plugins", versions: ["2.3"] },
    run: () => OUTPUT,
  });
  await expect(runCheck(standIn, "-x")).rejects.toThrow('check_x leaves these words to the plugin: ["-x"]');
});

it("aborts a check at its deadline", async () => {
  const check = checkThat(({ signal }) => {
    const { promise, reject } = Promise.withResolvers<never>();
    signal.addEventListener("abort", () => reject(new CheckFailure("stopped by the signal")));
    return promise;
  });
  await expect(runCheck(check, "", { timeoutMs: 1 })).rejects.toThrow(
    "check_x was not through after 0.001 s",
  );
});

it("hands the declared command to the test", async () => {
  const check = checkThat(async ({ execute }) => {
    const outcome = await execute({ timeoutMs: 5 });
    return { returnCode: 0, output: outcome.kind };
  });
  const execute = async () => ({ kind: "timed-out" }) as const;
  expect(await runCheck(check, "/bin/x", { execute })).toMatchObject({ output: "timed-out" });
  await expect(runCheck(check, "/bin/x")).rejects.toThrow("the test executes nothing: /bin/x");
});

it("disposes of what one run shares, and keeps what the test shares", async () => {
  const kind = { name: "pool", create: () => new DisposableStack() };
  const pools: DisposableStack[] = [];
  const check = checkThat(({ shared }) => {
    pools.push(shared(kind));
    return OUTPUT;
  });
  await runCheck(check, "");
  expect(pools[0]?.disposed).toBe(true);
  await using shared = new SharedValues({ log: () => {} });
  await runCheck(check, "", { shared });
  await runCheck(check, "", { shared });
  expect(pools[1]).toBe(pools[2]);
  expect(pools[1]?.disposed).toBe(false);
});

describe("splitWords", () => {
  it.each<[line: string, words: string[]]>([
    ["", []],
    ["  a \t b\n", ["a", "b"]],
    [`a 'b "c' "d 'e"`, ["a", 'b "c', "d 'e"]],
    [`'' "" a''b`, ["", "", "ab"]],
    [`a\\ b "c\\"d\\e" 'f\\g'`, ["a b", 'c"d\\e', "f\\g"]],
  ])("%j", (line, expected) => {
    expect(splitWords(line)).toEqual(expected);
  });
});
