import { hasDot, LETTER_HEIGHT, LETTER_WIDTH } from "./font.ts";
import type { Picture } from "./png.ts";

type Colour = readonly [red: number, green: number, blue: number];

export interface Badge {
  readonly text: string;
  readonly background: Colour;
  readonly ink: Colour;
}

const SIZE = 64;
const RADIUS = 12;
/** What is left free at the sides. */
const MARGIN = 5;
const GAP = 1;
const TALLEST = 5;
/** Each dot is looked at so often in both directions, which smooths the corners. */
const SAMPLES = 4;

/** A rounded square with a short word in it, as large as there is room. */
export function drawBadge({ text, background, ink }: Badge): Picture {
  const letters = [...text.toUpperCase()];
  const columns = letters.length * (LETTER_WIDTH + GAP) - GAP;
  const across = Math.floor((SIZE - 2 * MARGIN) / columns);
  const down = Math.min(TALLEST, across * 2);
  const left = Math.floor((SIZE - columns * across) / 2);
  const top = Math.floor((SIZE - LETTER_HEIGHT * down) / 2);
  const isInk = (x: number, y: number) => {
    const column = Math.floor((x - left) / across);
    const row = Math.floor((y - top) / down);
    const letter = letters[Math.floor(column / (LETTER_WIDTH + GAP))];
    return column >= 0 && letter !== undefined && hasDot(letter, column % (LETTER_WIDTH + GAP), row);
  };
  const dots = new Uint8Array(SIZE * SIZE * 4);
  for (let y = 0; y < SIZE; y += 1)
    for (let x = 0; x < SIZE; x += 1)
      dots.set([...(isInk(x, y) ? ink : background), opacity(x, y)], (y * SIZE + x) * 4);
  return { size: SIZE, dots };
}

/** Of 255: how much of a dot is within the rounded square. */
function opacity(x: number, y: number): number {
  let inside = 0;
  for (let at = 0; at < SAMPLES * SAMPLES; at += 1) {
    const sampleX = x + ((at % SAMPLES) + 0.5) / SAMPLES;
    const sampleY = y + (Math.floor(at / SAMPLES) + 0.5) / SAMPLES;
    if (isInside(sampleX, sampleY)) inside += 1;
  }
  return Math.round((inside * 255) / (SAMPLES * SAMPLES));
}

function isInside(x: number, y: number): boolean {
  const overX = Math.max(RADIUS - x, x - (SIZE - RADIUS), 0);
  const overY = Math.max(RADIUS - y, y - (SIZE - RADIUS), 0);
  return Math.hypot(overX, overY) <= RADIUS;
}
