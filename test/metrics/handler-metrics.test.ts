import { describe, expect, it } from "vitest";
import { decodeJob } from "../../src/job/decode.ts";
import { HandlerMetrics } from "../../src/metrics/handler-metrics.ts";
import { SeriesStore } from "../../src/metrics/series.ts";
import type { Outcome } from "../../src/outcome/outcome.ts";
import type { PerformedJob } from "../../src/worker/worker-events.ts";

const OUTPUT = { stdout: "", stderr: "" };
const OK: Outcome = { kind: "exited", returnCode: 0, ...OUTPUT };

function count() {
  const store = new SeriesStore();
  const { listener } = new HandlerMetrics(store);
  const ran = (outcome: Outcome, { command = "/h/restart --host=a", type = "eventhandler" } = {}) => {
    const job = decodeJob(
      `type=${type}\nhost_name=h\nservice_description=s\nstart_time=1\ncommand_line=${command}\n`,
    );
    listener.ran?.({ job, ran: { outcome, startTime: 101, finishTime: 103 } } as PerformedJob);
  };
  const counted = () =>
    Object.fromEntries(
      store
        .samples("handlersRan")
        .filter(({ value }) => value > 0)
        .map(({ labels, value }) => [Object.values(labels).join(" "), value]),
    );
  const durations = () =>
    Object.fromEntries(
      store
        .samples("handlerDuration")
        .filter(({ suffix }) => suffix === "_count")
        .map(({ labels, value }) => [labels["handler"], value]),
    );
  return { store, ran, counted, durations };
}

describe("an event handler", () => {
  it.each<[outcome: Outcome, result: string, wasRun: boolean]>([
    [OK, "ok", true],
    [{ kind: "exited", returnCode: 2, ...OUTPUT }, "failed", true],
    [{ kind: "signalled", signal: 9, isCoreDumped: false, ...OUTPUT } as Outcome, "failed", true],
    [{ kind: "timed-out", after: 2, ...OUTPUT }, "timed-out", true],
    [{ kind: "refused", refusal: { rule: "handler-not-allowed", commandLine: "" } }, "refused", false],
    [{ kind: "refused", refusal: { rule: "nul-byte" } }, "refused", false],
    [
      { kind: "refused", refusal: { rule: "handler-too-often", handler: "restart", rate: "" } },
      "too-often",
      false,
    ],
    [{ kind: "refused", refusal: { rule: "handler-dry-run", handler: "restart" } }, "dry-run", false],
    [{ kind: "too-old", age: 9 }, "too-old", false],
  ])("with the outcome %j counts as %s", (outcome, result, wasRun) => {
    const { ran, counted, durations } = count();
    ran(outcome);
    expect(counted()).toEqual({ [`restart ${result}`]: 1 });
    expect(durations()).toEqual({ restart: wasRun ? 1 : 0 });
  });

  it("has all results from its first run on, so that the first failure is an increase", () => {
    const { store, ran } = count();
    ran(OK);
    const results = store.samples("handlersRan").map(({ labels }) => labels["result"]);
    expect(results.toSorted()).toEqual(
      ["dry-run", "failed", "ok", "refused", "timed-out", "too-old", "too-often"].toSorted(),
    );
  });

  it("is told apart from a check and a notification", () => {
    const { ran, counted } = count();
    ran(OK, { type: "service" });
    ran(OK, { type: "notification" });
    expect(counted()).toEqual({});
  });

  it("makes a bounded number of series, whatever is called", () => {
    const { ran, counted } = count();
    for (let at = 0; at < 1_000; at += 1) ran(OK, { command: `/h/handler_${at}` });
    ran(OK, { command: "/h/handler_7" });
    expect(Object.keys(counted())).toHaveLength(101);
    expect(counted()).toMatchObject({ "other ok": 900, "handler_7 ok": 2 });
  });
});
