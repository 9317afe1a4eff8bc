import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CheckedBackend } from "../../../integrations/backends/checked-backend.ts";
import { DemoChannel } from "../../../src/cli/demo/demo-channel.ts";
import { renderNotification } from "../../../src/cli/demo/notification.ts";
import type { Core, ObjectState } from "../../../src/demo/core.ts";
import { service } from "../../../src/demo/site/demo-object.ts";

const HTTP = { host: "web1", service: "http" };

function stateOf(returnCode: number, output = "refused"): ObjectState {
  return { object: { ...service("http", "x"), host: "web1" }, returnCode, output, took: 0, results: 1 };
}

describe("the demo's core as a monitoring", () => {
  let channel: DemoChannel;
  let backend: CheckedBackend;
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const core = {
      find: (host: string, name: string | undefined) =>
        host === "web1" && name === "http" ? stateOf(2, "refused|time=1s") : undefined,
    };
    channel = new DemoChannel(() => core as unknown as Core);
    backend = new CheckedBackend(channel);
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const inHours = (hours: number) => Math.floor(Date.now() / 1000) + hours * 3_600;

  it("acknowledges until the problem is over", async () => {
    const wish = { author: "You", comment: "[zulip:1]", isSticky: true };
    expect(await backend.acknowledge(HTTP, wish)).toMatchObject({ kind: "done" });
    expect(channel.tells(HTTP, false)).toBe(false);
    expect(channel.tells(HTTP, true)).toBe(true);
    expect(await backend.status(HTTP)).toMatchObject({
      state: 2,
      isAcknowledged: false,
      output: "refused",
    });
    expect(channel.tells(HTTP, false)).toBe(true);
  });

  it("acknowledges for a time", async () => {
    const wish = { author: "You", comment: "[zulip:1]", isSticky: true, expiresAt: inHours(2) };
    await backend.acknowledge(HTTP, wish);
    vi.setSystemTime(Date.now() + 2 * 3_600_000 + 1);
    expect(await backend.status(HTTP)).toMatchObject({ isAcknowledged: false });
  });

  it("keeps downtimes, and nobody is told meanwhile", async () => {
    const plan = {
      author: "You",
      comment: "[zulip:1]",
      marker: "[zulip:1]",
      startsAt: inHours(0),
      endsAt: inHours(1),
    };
    expect(await backend.downtime(HTTP, plan)).toMatchObject({ kind: "done" });
    expect(channel.tells(HTTP, true)).toBe(false);
    const removed = await backend.removeDowntime(HTTP, { marker: "[zulip:1]", author: "You" });
    expect(removed).toMatchObject({ kind: "done" });
    expect(channel.tells(HTTP, true)).toBe(true);
  });

  it("knows no other object", async () => {
    const wish = { author: "You", comment: "", isSticky: true };
    expect(await backend.acknowledge({ host: "web2" }, wish)).toEqual({ kind: "unknown-object" });
  });
});

it("a notification is a command line that no output can leave", () => {
  const state = stateOf(2, "it's down'; rm -rf /\\nsecond line|x=1");
  expect(renderNotification({ state, before: 0 }, ["/demo/omd-worker", "notify", "zulip"])).toBe(
    "/demo/omd-worker notify zulip NOTIFICATIONTYPE='PROBLEM' HOSTNAME='web1' HOSTALIAS='web1' SERVICEDESC='http' " +
      "SERVICESTATE='CRITICAL' SERVICEOUTPUT='its down; rm -rf /'",
  );
});

it("a notification of a host names its state", () => {
  const state = { ...stateOf(0, "PING OK"), object: { ...stateOf(0).object, service: undefined } };
  expect(renderNotification({ state, before: 2 }, ["n"])).toBe(
    "n NOTIFICATIONTYPE='RECOVERY' HOSTNAME='web1' HOSTALIAS='web1' HOSTSTATE='UP' HOSTOUTPUT='PING OK'",
  );
});
