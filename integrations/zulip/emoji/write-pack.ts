/** Draws the emoji and writes them beside this file: `npm run emoji`. */

import { writeFileSync } from "node:fs";
import { drawBadge } from "./draw.ts";
import { EMOJI } from "./pack.ts";
import { encodePng } from "./png.ts";

for (const [name, badge] of Object.entries(EMOJI))
  writeFileSync(new URL(`${name}.png`, import.meta.url), encodePng(drawBadge(badge)));
