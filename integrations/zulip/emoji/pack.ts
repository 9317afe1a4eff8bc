import { readFileSync } from "node:fs";
import type { Badge } from "./draw.ts";

const WHITE = [255, 255, 255] as const;
const BLACK = [32, 32, 32] as const;
const BLUE = [0, 96, 172] as const;

/** The custom emoji, by their names in Zulip, which are in lower case. */
export const EMOJI: Readonly<Record<string, Badge>> = {
  ok: { text: "ok", background: [0, 132, 61], ink: WHITE },
  warn: { text: "warn", background: [255, 200, 0], ink: BLACK },
  crit: { text: "crit", background: [200, 16, 32], ink: WHITE },
  unk: { text: "unk", background: [230, 120, 0], ink: BLACK },
  "1h": { text: "1h", background: BLUE, ink: WHITE },
  "8h": { text: "8h", background: BLUE, ink: WHITE },
  "1d": { text: "1d", background: BLUE, ink: WHITE },
  "7d": { text: "7d", background: BLUE, ink: WHITE },
  ack: { text: "ack", background: [96, 64, 144], ink: WHITE },
};

export const EMOJI_NAMES: readonly string[] = Object.keys(EMOJI);

/** The picture, as a PNG. */
export function readEmoji(name: string): Buffer {
  return readFileSync(new URL(`${name}.png`, import.meta.url));
}
