import { describe, expect, it, vi } from "vitest";
import { LogThrottle } from "../../src/worker/log-throttle.ts";
import { tellAll } from "../../src/worker/worker-events.ts";
import { stubLog } from "../support/stub-log.ts";

describe("an event", () => {
  it("is told to each listener that takes it, in their order", () => {
    const heard: string[] = [];
    const events = tellAll(
      [
        { connected: (name) => heard.push(`first ${name}`) },
        { lost: (name) => heard.push(`lost ${name}`) },
        { connected: (name) => heard.push(`second ${name}`) },
      ],
      new LogThrottle(stubLog()),
    );
    events.connected("gm:4730");
    events.declined("check_x", "no listener takes this");
    expect(heard).toEqual(["first gm:4730", "second gm:4730"]);
  });

  it("is told to the other listeners, and does no harm, if one of them fails", () => {
    const log = stubLog();
    const declined = vi.fn();
    const error = new Error("a full disk");
    const failing = () => {
      throw error;
    };
    const events = tellAll([{ declined: failing }, { declined }], new LogThrottle(log));
    for (let i = 0; i < 3; i++) events.declined("check_x", "it cannot");
    expect(declined.mock.calls).toEqual(Array(3).fill(["check_x", "it cannot"]));
    expect(log.error.mock.calls).toEqual([[{ err: error }, "a listener of the event 'declined' has failed"]]);
  });
});
