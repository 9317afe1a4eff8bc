import { join } from "node:path";
import type { Log } from "../../../src/log.ts";
import { ChannelError } from "../../backends/channel.ts";
import type { SpoolFolder } from "../../spool/spool-folder.ts";
import type { Clock } from "../client/clock.ts";
import { encodePost } from "../notify/post-entry.ts";
import { type Broadcast, type BroadcastEvent, isShown, readBroadcasts, versionOf } from "./broadcast.ts";
import { type BroadcastStyle, renderBroadcast } from "./render-broadcast.ts";
import { StateFile } from "./state-file.ts";

/** Where broadcasts come from, and how they are told. */
export interface Broadcasting {
  /** Asks Thruk. Throws a ChannelError. */
  readonly fetch: () => Promise<unknown>;
  readonly everyMs: number;
  readonly style: BroadcastStyle;
}

export interface BroadcastsOptions {
  readonly broadcasting: Broadcasting;
  readonly spool: SpoolFolder;
  readonly clock: Clock;
  readonly log: Log;
}

/** The broadcast that people see, by its id, as it was told last. */
interface Told {
  readonly version: string;
  readonly broadcast: Broadcast;
}

/**
 * Tells each broadcast of Thruk once: when people see it first, when it is changed, and when it is over. What
 * was told is remembered in a file of the spool's folder.
 */
export async function followBroadcasts(options: BroadcastsOptions, signal: AbortSignal): Promise<void> {
  const { broadcasting, spool, clock, log } = options;
  const state = new StateFile(join(spool.folder, "broadcasts.json"));
  let told: Map<string, Told> | undefined;
  let trouble: string | undefined;
  while (!signal.aborted) {
    try {
      told ??= readTold(await state.read());
      const known = told;
      await tellChanges(known, { ...options, save: () => state.write(Object.fromEntries(known)) });
      if (trouble !== undefined) log.info("Thruk tells its broadcasts again");
      trouble = undefined;
    } catch (error) {
      const reason = reasonOf(error);
      if (reason !== trouble) log.warn(`broadcasts are not told: ${reason}`);
      trouble = reason;
    }
    await clock.sleep(broadcasting.everyMs, signal);
  }
}

interface Telling extends BroadcastsOptions {
  readonly save: () => Promise<void>;
}

async function tellChanges(told: Map<string, Told>, telling: Telling): Promise<void> {
  const { broadcasting, clock } = telling;
  const all = readBroadcasts(await broadcasting.fetch());
  if (all === undefined) throw new ChannelError("unavailable", "the answer is no list of broadcasts");
  const shown = new Map(all.filter((one) => isShown(one, clock.now())).map((one) => [one.id, one]));
  for (const [id, broadcast] of shown) {
    const version = versionOf(broadcast);
    const before = told.get(id);
    if (before?.version === version) continue;
    await tell(before === undefined ? "new" : "changed", broadcast, telling);
    told.set(id, { version, broadcast });
    await telling.save();
  }
  for (const [id, { broadcast }] of told) {
    if (shown.has(id)) continue;
    await tell("over", broadcast, telling);
    told.delete(id);
    await telling.save();
  }
}

async function tell(
  event: BroadcastEvent,
  broadcast: Broadcast,
  { broadcasting, spool, clock }: Telling,
): Promise<void> {
  const post = renderBroadcast(event, broadcast, { style: broadcasting.style, time: clock.now() });
  if ((await spool.put(encodePost(post), clock.now())) === undefined)
    throw new Error(`the spool ${spool.folder} is full`);
}

function readTold(state: unknown): Map<string, Told> {
  const rows = Object.entries(Object(state) as Readonly<Record<string, unknown>>);
  return new Map(
    rows.flatMap(([id, row]) => {
      const { version, broadcast } = Object(row) as {
        readonly version?: unknown;
        readonly broadcast?: unknown;
      };
      const { text } = Object(broadcast) as { readonly text?: unknown };
      if (typeof version !== "string" || typeof text !== "string") return [];
      return [[id, { version, broadcast: broadcast as Broadcast }] as const];
    }),
  );
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
