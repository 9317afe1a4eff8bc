import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { SharedValues } from "../../sdk/shared.ts";
import { Fifo } from "../../src/gearman/fifo.ts";
import { runNative } from "../../src/run/native.ts";
import type { NativeRoute } from "../../src/run/routing/route.ts";
import { stubLog } from "../support/stub-log.ts";

setFlagsFromString("--expose-gc");
const collect: (options?: { readonly type: "minor" }) => void = runInNewContext("gc");

const RUNS = 5_000;
/** A run has some closures and a promise, and far more than this in all. */
const MOST_BYTES = 100;

/** What stays of each run when only the young generation is collected, in bytes of the old one. */
async function leftOf(run: () => Promise<unknown> | undefined): Promise<number> {
  const goOn = async () => {
    for (let i = 0; i < RUNS; i++) {
      await run();
      if (i % 100 === 0) collect({ type: "minor" });
    }
  };
  await goOn();
  collect();
  const before = oldBytes();
  await goOn();
  return (oldBytes() - before) / RUNS;
}

function oldBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name }) => space_name === "old_space")?.space_used_size ?? 0;
}

it("a run of a native check leaves nothing that only a full collection finds", async () => {
  const check = { name: "check_a", summary: "", replaces: undefined, rows: [], understand: () => undefined };
  const route: NativeRoute = {
    via: "native",
    why: "",
    name: "check_a",
    argv: ["check_a"],
    check,
    hasNoPlugin: true,
    keepsState: false,
    nested: undefined,
    fallback: { via: "plugin", argv: ["a"], env: [], why: "" },
    run: async () => ({ returnCode: 0, output: "" }),
  };
  const shared = new SharedValues({ log: () => {} });
  const run = { timeoutMs: 60_000, log: stubLog(), hide: (text: string) => text, shared };
  const left = await leftOf(() => runNative(route, run));
  expect(left).toBeLessThan(MOST_BYTES);
});

it("an entry of a Fifo leaves nothing either", async () => {
  const fifo = new Fifo<object>();
  const left = await leftOf(() => {
    fifo.push(new Array(50).fill(0));
    if (fifo.length > 3) fifo.shift();
    return undefined;
  });
  expect(left).toBeLessThan(MOST_BYTES);
});
