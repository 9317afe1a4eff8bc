import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";

/**
 * Closing takes a turn or two of the event loop, and vitest itself starts a timer now and then. If such a
 * timer runs when the test begins, a timer that the test leaves is not found. Sockets and processes are
 * always found.
 */
const SETTLE_MS = 1_000;
const TURN_MS = 5;

type Resources = ReadonlyMap<string, number>;

/**
 * Call it once at the top of a test file (or of a `describe`): after each test nothing may be open that was
 * not open before: no socket, server, child process or timer. Register hooks that close things *after* this
 * call: vitest runs the hooks registered last first.
 */
export function checkLeaks(): void {
  let before: Resources = new Map();
  beforeEach(() => {
    before = openResources();
  });
  afterEach(async () => {
    const left = await leftOpen(before);
    if (left.length > 0) throw new Error(`left open by this test: ${left.join(", ")}`);
  });
}

/**
 * The same for a file whose tests run beside each other: after the last one nothing may be open. It does not
 * tell which of them has left it.
 */
export function checkLeaksOfFile(): void {
  let before: Resources = new Map();
  beforeAll(() => {
    before = openResources();
  });
  afterAll(async () => {
    const left = await leftOpen(before);
    if (left.length > 0) throw new Error(`left open by the tests of this file: ${left.join(", ")}`);
  });
}

/** What keeps the event loop alive: Node's name of each kind of resource, and how many there are. */
export function openResources(): Resources {
  const count = new Map<string, number>();
  for (const name of process.getActiveResourcesInfo()) count.set(name, (count.get(name) ?? 0) + 1);
  return count;
}

/**
 * What is open now and was not open `before`, as texts for an error. Waits up to `settleMs` until it is
 * closed.
 */
export async function leftOpen(before: Resources, settleMs = SETTLE_MS): Promise<readonly string[]> {
  const end = performance.now() + settleMs;
  for (;;) {
    const left = beyond(before, openResources());
    if (left.length === 0 || performance.now() > end) return left;
    await pause(TURN_MS);
  }
}

function beyond(before: Resources, now: Resources): readonly string[] {
  return [...now]
    .map(([name, count]) => ({ name, more: count - (before.get(name) ?? 0) }))
    .filter(({ more }) => more > 0)
    .map(({ name, more }) => `${more} ${name}`);
}
