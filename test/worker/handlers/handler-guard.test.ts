import { describe, expect, it } from "vitest";
import type { HandlerRate } from "../../../src/config/kinds/handler-rates.ts";
import { decodeJob } from "../../../src/job/decode.ts";
import type { Route } from "../../../src/run/routing/route.ts";
import { HandlerGuard } from "../../../src/worker/handlers/handler-guard.ts";

const ROUTE: Route = { via: "shell", why: "so", commandLine: "x" };
const rate = (handler: string, most: number, seconds: number, isForEach = false): HandlerRate => ({
  handler,
  most,
  seconds,
  isForEach,
});

function createGuard(eventhandlerRate: readonly HandlerRate[], eventhandlerDryRun: readonly string[] = []) {
  const clock = { ms: 0 };
  const guard = new HandlerGuard({ eventhandlerRate, eventhandlerDryRun }, () => clock.ms);
  const router = guard.guard(() => ROUTE);
  const route = (line: string, type = "eventhandler"): string => {
    const routed = router(
      decodeJob(`type=${type}\nhost_name=h\nservice_description=s\ncommand_line=${line}\n`),
    );
    if (!("via" in routed)) throw new Error("not at once");
    return routed.via === "refuse" ? routed.refusal.rule : routed.via;
  };
  return { guard, route, clock };
}

const repeat = (times: number, action: () => string) => Array.from({ length: times }, action);

describe("an event handler is run", () => {
  it("so often within the time, and again when the oldest run is out of it", () => {
    const { route, clock } = createGuard([rate("restart", 2, 60)]);
    expect(repeat(3, () => route("/p/restart a"))).toEqual(["shell", "shell", "handler-too-often"]);
    clock.ms = 59_999;
    expect(route("/p/restart b")).toBe("handler-too-often");
    clock.ms = 60_000;
    expect(repeat(3, () => route("/p/restart b"))).toEqual(["shell", "shell", "handler-too-often"]);
  });

  it("so often for each host and service, and for all of them together", () => {
    const { route } = createGuard([rate("restart", 2, 60, true), rate("restart", 3, 60)]);
    const one = () => route("/p/restart --host=a --service=b --state=CRITICAL");
    expect(repeat(3, one)).toEqual(["shell", "shell", "handler-too-often"]);
    expect(route("/p/restart --host=a --service=c")).toBe("shell");
    expect(route("/p/restart --host=a --service=d")).toBe("handler-too-often");
  });

  it("by the rate of its name, else by that of all others, which counts each program by itself", () => {
    const { route } = createGuard([rate("*", 1, 60), rate("often", 2, 60)]);
    expect(["/p/often", "/p/often", "/p/often"].map((line) => route(line))).toEqual([
      "shell",
      "shell",
      "handler-too-often",
    ]);
    expect(["/p/a", "/p/b", "/q/a"].map((line) => route(line))).toEqual([
      "shell",
      "shell",
      "handler-too-often",
    ]);
  });

  it("always without a rate", () => {
    const { route } = createGuard([]);
    expect(new Set(repeat(1_000, () => route("/p/x")))).toEqual(new Set(["shell"]));
  });

  it("not at all in a dry run, which counts as a run", () => {
    const { route } = createGuard([rate("new", 1, 60)], ["new"]);
    expect([route("/p/new"), route("/p/new"), route("/p/old")]).toEqual([
      "handler-dry-run",
      "handler-too-often",
      "shell",
    ]);
    expect(createGuard([], ["*"]).route("/p/any")).toBe("handler-dry-run");
  });

  it("by a new configuration, in which what was run before still counts", () => {
    const { guard, route } = createGuard([rate("a", 2, 60)]);
    route("/p/a");
    guard.configure({ eventhandlerRate: [rate("a", 2, 60)], eventhandlerDryRun: [] });
    expect([route("/p/a"), route("/p/a")]).toEqual(["shell", "handler-too-often"]);
    guard.configure({ eventhandlerRate: [], eventhandlerDryRun: [] });
    expect(route("/p/a")).toBe("shell");
  });

  it("once, if the same job could not be started at first", () => {
    const guard = new HandlerGuard({ eventhandlerRate: [rate("a", 1, 60)], eventhandlerDryRun: [] }, () => 0);
    const router = guard.guard(() => ROUTE);
    const job = decodeJob("type=eventhandler\ncommand_line=/p/a\n");
    expect([router(job), router(job)]).toEqual([ROUTE, ROUTE]);
  });
});

describe("the guard", () => {
  it("leaves checks and notifications alone", () => {
    const { route } = createGuard([rate("*", 1, 60)], ["*"]);
    for (const type of ["host", "service", "notification"])
      expect(repeat(3, () => route("/p/x", type))).toEqual(["shell", "shell", "shell"]);
  });

  it("counts nothing that is refused anyway, and waits for a route that is not known yet", async () => {
    const refused: Route = { via: "refuse", why: "so", refusal: { rule: "nul-byte" } };
    const guard = new HandlerGuard({ eventhandlerRate: [rate("a", 1, 60)], eventhandlerDryRun: [] }, () => 0);
    const job = () => decodeJob("type=eventhandler\ncommand_line=/p/a\n");
    expect(guard.guard(() => refused)(job())).toEqual(refused);
    const late = guard.guard(async () => ROUTE);
    expect(await late(job())).toEqual(ROUTE);
    expect(await late(job())).toMatchObject({ via: "refuse", refusal: { rate: "a:1/1m" } });
  });
});
