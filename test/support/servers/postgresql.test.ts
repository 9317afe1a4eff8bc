import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import { checkLeaks } from "../leaks.ts";
import { isRunning } from "../processes/children.ts";
import { standStill } from "../processes/stand-still.ts";
import { hasServer } from "./installed.ts";
import { Postgresql } from "./postgresql.ts";

const PATIENCE = { timeout: 20_000, interval: 20 };

describe.skipIf(!hasServer("postgresql"))("PostgreSQL of a test", () => {
  checkLeaks();

  it("that is killed has ended with the last of its processes, and starts again", async () => {
    await using server = await Postgresql.start();
    const sleeping = server.sql("select pg_sleep(60)").catch(() => {});
    const find = "select pid from pg_stat_activity where wait_event = 'PgSleep'";
    const pid = Number(await vi.waitUntil(() => server.sql(find), PATIENCE));
    const first = server.pid ?? 0;
    await standStill(pid);
    const order: string[] = [];
    const stopping = server.stop("SIGKILL").then(() => order.push("the server has ended"));
    await vi.waitUntil(() => !isRunning(first), PATIENCE);
    await turn();
    order.push("its last process goes on");
    process.kill(pid, "SIGCONT");
    await stopping;
    expect(order).toEqual(["its last process goes on", "the server has ended"]);
    await server.restart();
    expect(await server.sql("select 1")).toBe("1");
    await sleeping;
  }, 60_000);
});
