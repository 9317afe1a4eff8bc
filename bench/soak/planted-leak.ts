import { openSync } from "node:fs";

/*
 * Our own worker loads this file before its program when the soak is to show that it finds a leak: memory, a
 * descriptor and a timer, ten times a second.
 */

/** The environment variable with the KiB a second. */
export const LEAK_VARIABLE = "OMD_SOAK_LEAK";

const EVERY_MS = 100;
const BYTES_OF_NUMBER = 8;

const kibPerSecond = Number(process.env[LEAK_VARIABLE] ?? 0);
if (kibPerSecond > 0) leak((kibPerSecond * 1024 * EVERY_MS) / 1000);

function leak(bytes: number): void {
  const kept: unknown[] = [];
  setInterval(() => {
    const numbers = Array.from({ length: bytes / BYTES_OF_NUMBER }, Math.random);
    kept.push(numbers, openSync("/dev/null", "r"));
    setInterval(() => kept.length, 2 ** 30);
  }, EVERY_MS).unref();
}
