import { ChangePoller } from "../../../integrations/backends/changes/change-poller.ts";
import type { ChangeReader, Mark } from "../../../integrations/backends/changes/change-reader.ts";
import { renderChange } from "../../../integrations/zulip/changes/render-change.ts";

const EVERY_MS = 15_000;
/** What was there at each look. An acknowledgement is told when it is seen twice. */
const IS_THERE = [false, true, true, false];

/** What is told of what a monitoring has, when it appears and when it is gone. */
export async function tellChanges(reader: ChangeReader, signal: AbortSignal): Promise<readonly string[]> {
  const [acknowledgements, downtimes] = [
    await reader.acknowledgements(signal),
    await reader.downtimes(signal),
  ];
  const startMs = ([...acknowledgements, ...downtimes][0]?.enteredAt ?? 0) * 1_000;
  const ending = new AbortController();
  let looks = 0;
  const seen = (marks: readonly Mark[]) => (IS_THERE[looks] === true ? marks : []);
  const made: ChangeReader = {
    acknowledgements: async () => seen(acknowledgements),
    downtimes: async () => seen(downtimes),
    standing: (target) => reader.standing(target, signal),
    [Symbol.dispose]() {},
  };
  const sleep = async () => {
    looks += 1;
    if (looks === IS_THERE.length) ending.abort();
  };
  const now = () => startMs + looks * EVERY_MS;
  const poller = new ChangePoller(made, { everyMs: EVERY_MS, hasDowntimes: true, now, sleep });
  const told: string[] = [];
  for await (const change of poller.follow(() => {}, ending.signal))
    told.push(renderChange(change, { language: "en" }));
  return told;
}
