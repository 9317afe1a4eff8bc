import { setTimeout as pause } from "node:timers/promises";
import { openScreen, type Terminal } from "../../terminal.ts";
import { readServer } from "../read-server.ts";
import type { NamedServer, TopOptions } from "./options.ts";
import { changesBetween, type ServerPicture } from "./picture.ts";
import { OTHER_ROWS, renderTop } from "./screen.ts";
import { FIRST_VIEW, pressKey, type View } from "./view.ts";

export interface LiveTerminal extends Terminal {
  readonly hasColours: boolean;
  /** Calls it at each change of the size, until the signal is aborted. */
  readonly onResize: (redraw: () => void, signal: AbortSignal) => void;
}

const USUAL_INTERVAL_MS = 1_000;
const END_SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

/** Shows the queues until a key or a signal ends it. No server waits for the answer of another. */
export async function showLive(options: TopOptions, terminal: LiveTerminal): Promise<void> {
  const { servers, intervalMs = USUAL_INTERVAL_MS, timeoutMs, isQuiet } = options;
  const ended = new AbortController();
  const end = () => ended.abort();
  const pictures: ServerPicture[] = servers.map((server) => ({
    server,
    report: undefined,
    changes: new Map(),
  }));
  let view: View = { ...FIRST_VIEW, hidesIdle: isQuiet };
  const draw = () => {
    if (ended.signal.aborted) return;
    screen.draw(renderTop(pictures, view, { ...terminal.size(), hasColours: terminal.hasColours }));
  };
  const screen = openScreen(terminal, (key) => {
    const next = pressKey(view, key, Math.max(1, terminal.size().rows - OTHER_ROWS));
    if (next === undefined) return end();
    view = next;
    draw();
  });
  try {
    for (const name of END_SIGNALS) process.on(name, end);
    terminal.onResize(draw, ended.signal);
    draw();
    await Promise.all(
      servers.map((server, at) =>
        follow(server, { intervalMs, timeoutMs, signal: ended.signal }, (picture) => {
          pictures[at] = picture;
          draw();
        }),
      ),
    );
  } finally {
    for (const name of END_SIGNALS) process.off(name, end);
    screen.end();
  }
}

interface FollowOptions {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

async function follow(
  server: NamedServer,
  { intervalMs, timeoutMs, signal }: FollowOptions,
  onPicture: (picture: ServerPicture) => void,
): Promise<void> {
  const { promise: aborted, resolve } = Promise.withResolvers<undefined>();
  signal.addEventListener("abort", () => resolve(undefined));
  let before: ServerPicture["report"];
  let askedMs = performance.now();
  while (!signal.aborted) {
    const report = await Promise.race([readServer(server, timeoutMs), aborted]);
    if (report === undefined) return;
    const now = performance.now();
    onPicture({ server, report, changes: changesBetween(before, report, (now - askedMs) / 1000) });
    before = report;
    askedMs = now;
    await pause(intervalMs, undefined, { signal }).catch(() => {});
  }
}
