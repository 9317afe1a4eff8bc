import type { Log } from "../../log.ts";

/** Says when the slots have been busy for a minute, which no job shows, and when that is over. */
export function tellCrowded(
  log: Pick<Log, "info" | "warn">,
  maxWorker: () => number,
): (isCrowded: boolean) => void {
  return (isCrowded) => {
    const slots = maxWorker();
    if (isCrowded)
      log.warn(
        `nearly all of the ${slots} slots have been busy for a minute, jobs wait in gearmand (max-worker)`,
      );
    else log.info(`there are free slots again (max-worker=${slots})`);
  };
}
