import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/**
 * Lets V8 collect now, which takes some ten milliseconds. `everything` also gives back the memory that V8
 * keeps for the next objects. It collects several times, so V8 would take all code for old, and forget it.
 */
export function collectGarbage(how: "usual" | "everything" = "usual"): void {
  // Only a context that is made after the flag was set has the function.
  setFlagsFromString("--expose-gc");
  const collect: NodeJS.GCFunction = runInNewContext("gc");
  setFlagsFromString("--no-expose-gc");
  setFlagsFromString("--no-flush-bytecode");
  collect({
    type: "major",
    execution: "sync",
    flavor: how === "usual" ? "regular" : "last-resort",
  });
  // Another thread frees buffers, and they count as memory until the next collection begins: a short one.
  if (how === "usual") collect({ type: "minor", execution: "sync" });
  setFlagsFromString("--flush-bytecode");
}
