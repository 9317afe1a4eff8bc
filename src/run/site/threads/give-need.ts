import type { Resolver } from "../../../../sdk/resolve.ts";
import type { Given, Need } from "./messages.ts";
import type { Task } from "./task.ts";
import { describeThrown } from "./thrown.ts";

/** What a thread needs of the worker. Never rejects. */
export async function giveNeed(
  need: Need,
  task: Task | undefined,
  resolver: (() => Resolver) | undefined,
): Promise<Given> {
  try {
    return { kind: "value", value: await findValue(need, task, resolver) };
  } catch (error) {
    return { kind: "thrown", thrown: describeThrown(error) };
  }
}

function findValue(need: Need, task: Task | undefined, resolver: (() => Resolver) | undefined) {
  switch (need.kind) {
    case "execute":
      if (task === undefined) throw new Error("the check has ended");
      return task.execute(need.timeoutMs);
    case "resolve":
      if (resolver === undefined) throw new Error("the worker resolves no names");
      // The thread keeps answers itself.
      return resolver().resolve(need.host, need.family, NEVER, { anew: true });
  }
}

const NEVER = new AbortController().signal;
