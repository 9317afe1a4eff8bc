import { describe, expect, it, vi } from "vitest";
import type { Outcome } from "../../src/outcome/outcome.ts";
import { createEnvelope } from "../../src/payload/crypt.ts";
import { readLines } from "../../src/payload/lines.ts";
import { judgeSettings } from "../../src/result/judge.ts";
import { Ending, InterruptedError } from "../../src/worker/ending.ts";
import { InFlight } from "../../src/worker/in-flight.ts";
import { type JobContext, performJob } from "../../src/worker/perform-job.ts";

const ENVELOPE = createEnvelope({ encryption: false });
const SERVICE = [
  "type=service",
  "result_queue=check_results",
  "host_name=web1",
  "service_description=Ping",
  "core_time=100.5",
  "command_line=/p/x",
];
const JUDGE = judgeSettings({
  identifier: "gw",
  timeoutReturn: 3,
  showErrorOutput: true,
  debugResult: false,
  workerNameInResult: "off",
  workaroundRc25: true,
});
const OK: Outcome = { kind: "exited", returnCode: 0, stdout: "fine\n", stderr: "" };

/** Performs one job, and writes down what happens in its order. */
async function perform(lines: readonly string[], outcome: Outcome, more: Partial<JobContext> = {}) {
  const steps: string[] = [];
  const texts: string[] = [];
  const job = {
    handle: "H:gm:1",
    queue: "service",
    unique: "",
    server: "127.0.0.1:4730",
    workload: Buffer.from(lines.join("\n")),
    complete: () => steps.push("complete"),
    fail: () => steps.push("fail"),
  };
  const context: JobContext = {
    envelopeOf: () => ENVELOPE,
    settings: { maxAge: 0, judge: JUDGE },
    admit: () => {},
    run: async () => {
      steps.push("run");
      return { outcome, via: "plugin", why: "", startTime: 101, finishTime: 102.25 };
    },
    deliver: async (_grabbed, _job, { text }) => {
      steps.push("deliver");
      texts.push(text);
    },
    events: {
      ran: () => steps.push("ran"),
      unreadable: () => steps.push("unreadable"),
      delivered: () => steps.push("delivered"),
    },
    ending: new Ending(),
    inFlight: new InFlight(),
    ...more,
  };
  const error = await performJob(job, context).catch((reason: unknown) => reason);
  return { steps, texts, error };
}

describe("a job", () => {
  it("is read, run and judged, and completed after its result is delivered", async () => {
    const { steps, texts } = await perform(SERVICE, OK);
    expect(steps).toEqual(["run", "ran", "deliver", "delivered", "complete"]);
    expect(Object.fromEntries(readLines(texts[0] ?? ""))).toMatchObject({
      host_name: "web1",
      service_description: "Ping",
      return_code: "0",
      output: "fine",
      core_start_time: "100.500000",
      start_time: "101.000000",
      finish_time: "102.250000",
    });
  });

  it("that cannot be read is failed and not run", async () => {
    expect((await perform(["hello"], OK)).steps).toEqual(["unreadable", "fail"]);
  });

  it("without a command is failed and not run", async () => {
    expect((await perform(["type=host", "host_name=web1"], OK)).steps).toEqual(["unreadable", "fail"]);
  });

  it("whose result is withheld is completed without one", async () => {
    const outcome = { ...OK, returnCode: 25 };
    expect((await perform(SERVICE, outcome)).steps).toEqual(["run", "ran", "complete"]);
  });

  it.each([
    ["an event handler", ["type=eventhandler", "command_line=/p/restart"]],
    ["a notification", ["type=notification", "host_name=web1", "command_line=/p/mail"]],
    ["a check without a result queue", SERVICE.filter((line) => !line.startsWith("result_queue"))],
  ])("that is %s is completed without a result", async (_, lines) => {
    expect((await perform(lines, OK)).steps).toEqual(["run", "ran", "complete"]);
  });

  it.each<[string, Outcome]>([
    ["was refused", { kind: "refused", refusal: { rule: "nul-byte" } }],
    ["was too old", { kind: "too-old", age: 70 }],
    ["could not be run", { kind: "crashed", error: new Error("no pipes") }],
  ])("that %s has a result all the same", async (_, outcome) => {
    const { steps, texts } = await perform(SERVICE, outcome);
    expect(steps).toEqual(["run", "ran", "deliver", "delivered", "complete"]);
    expect(readLines(texts[0] ?? "").get("return_code")).toBe("3");
  });

  it("whose result no job server accepts is not completed, and the caller is told", async () => {
    const refused = new Error("refused");
    const { steps, error } = await perform(SERVICE, OK, { deliver: () => Promise.reject(refused) });
    expect(steps).toEqual(["run", "ran"]);
    expect(error).toBe(refused);
  });

  it("that a signal has cut off together with the worker gets no result and no answer", async () => {
    const ending = new Ending();
    ending.begin();
    const { steps, error } = await perform(SERVICE, { ...OK, returnCode: 143 }, { ending });
    expect(steps).toEqual(["run"]);
    expect(error).toBeInstanceOf(InterruptedError);
  });

  it("is told of with the settings it was run with", async () => {
    const ran = vi.fn();
    const settings = { maxAge: 7, judge: JUDGE };
    const events = { ran, unreadable: vi.fn(), delivered: vi.fn() };
    await perform(SERVICE, OK, { settings, events });
    expect(ran).toHaveBeenCalledWith({
      job: expect.objectContaining({ hostName: "web1" }),
      ran: expect.objectContaining({ outcome: OK }),
      settings,
      queue: "service",
    });
  });
});
