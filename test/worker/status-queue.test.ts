import { describe, expect, it } from "vitest";
import { statusQueueName } from "../../src/worker/servers/server-settings.ts";
import { renderStatus } from "../../src/worker/status-queue.ts";

describe("the status queue", () => {
  it("is named after the identifier", () => {
    expect(statusQueueName("gw")).toBe("worker_gw");
  });

  it("answers what a peer's worker did, word for word", () => {
    const status = {
      hostName: "gw",
      version: "1.6.0",
      slots: { size: 1, busy: 0, min: 1, max: 1 },
      jobs: { done: 39 },
    };
    expect(renderStatus(status)).toBe(
      "gw has 1 worker and is working on 0 jobs. Version: 1.6.0|worker=1;;;1;1 jobs=39c",
    );
  });

  it("tells each number in its own place", () => {
    const status = {
      hostName: "h",
      version: "v",
      slots: { size: 7, busy: 6, min: 5, max: 50 },
      jobs: { done: 1234567 },
    };
    expect(renderStatus(status)).toBe(
      "h has 7 worker and is working on 6 jobs. Version: v|worker=7;;;5;50 jobs=1234567c",
    );
  });
});
