import { describe, expect, it, vi } from "vitest";
import type { Outcome } from "../../src/outcome/outcome.ts";
import type { NativeOutcome } from "../../src/run/native.ts";
import { Shadow } from "../../src/run/shadow.ts";
import { stubLog } from "../support/stub-log.ts";

const SERVICE = { type: "service" } as const;
const CHECK = { name: "check_x", argv: ["/p/check_x", "-C", "public"] };
const said = (stdout: string, returnCode = 0): Extract<Outcome, { kind: "exited" }> => ({
  kind: "exited",
  returnCode,
  stdout,
  stderr: "",
});

/** A shadow that compares all answers. */
const createShadow = () => new Shadow({ share: 100, log: stubLog(), findMarks: () => undefined });

async function compare(shadow: Shadow, plugin: Outcome, native: NativeOutcome, check = CHECK): Promise<void> {
  const answered = Promise.withResolvers<NativeOutcome>();
  shadow.follow(SERVICE, check, plugin, () => answered.promise);
  answered.resolve(native);
  await settled();
}

/** Waits until checks of the next turn have started, and those that ended then are counted. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe("the report", () => {
  it("counts by check what agrees, what differs and what was declined", async () => {
    const shadow = createShadow();
    await compare(shadow, said("OK|time=0.5s"), said("OK|time=0.7s"));
    await compare(shadow, said("OK"), said("OK", 2));
    await compare(shadow, said("OK"), { kind: "declined", reason: "not here" });
    await compare(shadow, said("OK"), said("OK"), { ...CHECK, name: "check_y" });
    expect(shadow.report).toEqual({
      share: 100,
      since: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      checks: {
        check_x: { agreed: 1, different: 1, declined: 1, examples: [expect.anything()] },
        check_y: { agreed: 1, different: 0, declined: 0, examples: [] },
      },
    });
  });

  it("shows a difference without secrets, even if an output repeats them", async () => {
    const shadow = createShadow();
    await compare(shadow, said("public is wrong\n", 3), {
      kind: "exited",
      returnCode: 2,
      stdout: "Gr\xc3\xbc\xc3\x9fe",
      stderr: "public",
    });
    expect(shadow.report.checks["check_x"]?.examples).toEqual([
      {
        at: expect.any(String),
        command: "/p/check_x -C ***",
        plugin: { returnCode: 3, output: "*** is wrong\n" },
        native: { returnCode: 2, output: "Grüße\n[***]" },
      },
    ]);
  });

  it.each<[NativeOutcome, string]>([
    [{ kind: "crashed", error: new Error("public fault") }, "crashed: Error: *** fault"],
    [{ kind: "timed-out", after: 60, stdout: "", stderr: "" }, "not through after 60 s"],
    [said("x".repeat(1000)), `${"x".repeat(500)}...`],
  ])("shows %o", async (native, output) => {
    const shadow = createShadow();
    await compare(shadow, said("OK"), native);
    expect(shadow.report.checks["check_x"]?.examples[0]?.native.output).toBe(output);
  });

  it("keeps only the latest differences", async () => {
    const shadow = createShadow();
    for (let run = 1; run <= 20; run += 1) await compare(shadow, said("OK"), said(`${run}`));
    const shown = shadow.report.checks["check_x"]?.examples.map(({ native }) => native.output);
    expect(shown).toEqual(["16", "17", "18", "19", "20"]);
  });
});

describe("a native answer is asked for", () => {
  const run = () => vi.fn(async (): Promise<NativeOutcome> => said("OK"));

  it("for the share of jobs that is set, even if it is changed", async () => {
    const draws = [0.09, 0.1, 0.49, 0.5];
    const shadow = new Shadow({
      share: 10,
      log: stubLog(),
      findMarks: () => undefined,
      random: () => draws.shift() ?? 1,
    });
    const asked = run();
    const follow = () => shadow.follow(SERVICE, CHECK, said("OK"), asked);
    follow();
    follow();
    await settled();
    expect(asked).toHaveBeenCalledTimes(1);
    shadow.configure({ share: 50 });
    follow();
    follow();
    await settled();
    expect(asked).toHaveBeenCalledTimes(2);
  });

  it("after the plugin's answer was used", async () => {
    const asked = run();
    createShadow().follow(SERVICE, CHECK, said("OK"), asked);
    expect(asked).not.toHaveBeenCalled();
    await settled();
    expect(asked).toHaveBeenCalledOnce();
  });

  it.each(["eventhandler", "notification"] as const)(
    "never for an %s, which must take effect only once",
    async (type) => {
      const asked = run();
      createShadow().follow({ type }, CHECK, said("OK"), asked);
      await settled();
      expect(asked).not.toHaveBeenCalled();
    },
  );

  it.each<Outcome>([
    { kind: "crashed", error: "" },
    { kind: "refused", refusal: { rule: "nul-byte" } },
    { kind: "signalled", signal: 9, stdout: "", stderr: "" },
  ])("not if the plugin gave no answer: $kind", async (plugin) => {
    const asked = run();
    createShadow().follow(SERVICE, CHECK, plugin, asked);
    await settled();
    expect(asked).not.toHaveBeenCalled();
  });

  it("only while not too many checks run", async () => {
    const shadow = createShadow();
    const { promise, resolve } = Promise.withResolvers<NativeOutcome>();
    const asked = vi.fn(() => promise);
    for (let job = 0; job < 150; job += 1) shadow.follow(SERVICE, CHECK, said("OK"), asked);
    await settled();
    expect(asked).toHaveBeenCalledTimes(100);
    resolve(said("OK"));
    await settled();
    shadow.follow(SERVICE, CHECK, said("OK"), asked);
    await settled();
    expect(asked).toHaveBeenCalledTimes(101);
  });

  it("and a rejection counts as a difference", async () => {
    const shadow = createShadow();
    shadow.follow(SERVICE, CHECK, said("OK"), () => Promise.reject(new Error("a fault")));
    await settled();
    expect(shadow.report.checks["check_x"]).toMatchObject({ agreed: 0, different: 1 });
  });
});

it("stop cancels the checks that run, and does not count them", async () => {
  const shadow = createShadow();
  const ended = vi.fn(
    (signal: AbortSignal) =>
      new Promise<NativeOutcome>((resolve) =>
        signal.addEventListener("abort", () => resolve({ kind: "crashed", error: signal.reason })),
      ),
  );
  shadow.follow(SERVICE, CHECK, said("OK"), ended);
  await settled();
  expect(ended).toHaveBeenCalledOnce();
  await shadow.stop();
  const asked = vi.fn();
  shadow.follow(SERVICE, CHECK, said("OK"), asked);
  await settled();
  expect(asked).not.toHaveBeenCalled();
  expect(shadow.report.checks).toEqual({});
});
