/** Calls `act` when the code that can go on now has done so, and before the event loop goes on. */
export function afterMicrotasks(act: () => void): void {
  // Node empties the queue of microtasks before it calls what waits for the next tick.
  queueMicrotask(() => process.nextTick(act));
}
