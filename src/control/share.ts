import { ControlError } from "./control-error.ts";

/** Percent of the jobs that the shadow mode compares; `on` is the share of worker.conf. */
export type Share = number | "on";

/** Reads the word of `omd-worker shadow set`: `on`, `off`, or a number from 0 to 100. */
export function readShare([word = "", ...more]: readonly string[]): Share {
  const isNumber = /^\d{1,3}(?:\.\d+)?%?$/.test(word);
  const share = word === "off" ? 0 : isNumber ? Number.parseFloat(word) : Number.NaN;
  if (more.length === 0 && word === "on") return "on";
  if (more.length === 0 && share <= 100) return share;
  throw new ControlError("the share is on, off, or a number of percent from 0 to 100");
}
