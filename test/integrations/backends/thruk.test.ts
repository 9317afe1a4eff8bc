import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CheckedBackend } from "../../../integrations/backends/checked-backend.ts";
import { ThrukChannel } from "../../../integrations/backends/thruk-channel.ts";
import { FakeThruk, THRUK_KEY, THRUK_VIEWER_KEY } from "../../support/servers/fake-thruk.ts";

const HOST = "dummy_fkt_tests";
const SERVICE = "Größe & Platte/2";
/** Thruk doubles its backslash in commands. */
const LOST = "Disk C:\\ & Größe";
const TARGET = { host: HOST, service: SERVICE };
const WISH = { author: "Mücke", comment: "seen; #1", isSticky: true };
const NOW = Math.floor(Date.now() / 1000);
const PLAN = { author: "Mücke", comment: "zulip:1", marker: "zulip:1", startsAt: NOW, endsAt: NOW + 3_600 };

describe("Thruk", () => {
  let thruk: FakeThruk;
  let channel: ThrukChannel;
  let url: string;
  beforeEach(async () => {
    thruk = new FakeThruk();
    url = await thruk.listen();
    channel = new ThrukChannel({ url: `${url}/`, apiKey: THRUK_KEY });
    const problem = { state: 2, acknowledged: 0, scheduled_downtime_depth: 0, plugin_output: "broken" };
    thruk.rows.hosts.push({ name: HOST, ...problem, state: 1 });
    for (const description of [SERVICE, LOST])
      thruk.rows.services.push({ host_name: HOST, description, ...problem });
  });
  afterEach(async () => {
    channel.close();
    await thruk.close();
  });
  const backend = (options = {}) => new CheckedBackend(channel, { pollMs: 1, ...options });

  it("acknowledges once, with every parameter", async () => {
    expect(await backend().acknowledge(TARGET, WISH)).toEqual({ kind: "done" });
    expect(await backend().acknowledge(TARGET, WISH)).toEqual({ kind: "already" });
    expect(thruk.commands.sent).toEqual([
      {
        cmd: "acknowledge_svc_problem",
        host: HOST,
        service: SERVICE,
        sticky_ack: 2,
        send_notification: 0,
        persistent_comment: 0,
        comment_author: "Mücke",
        comment_data: "seen, #1",
      },
    ]);
    expect(await backend().unacknowledge(TARGET, "me")).toEqual({ kind: "done" });
  });

  it("does not say that an acknowledgement has an end, where it had one before", async () => {
    const expiresAt = NOW + 7_200;
    expect(await backend().acknowledge(TARGET, { ...WISH, expiresAt })).toEqual({ kind: "done" });
    expect(thruk.commands.sent).toMatchObject([
      { cmd: "acknowledge_svc_problem_expire", end_time: expiresAt },
    ]);
    // Thruk's rows of services do not say when one ends.
    expect(await backend().acknowledge(TARGET, { ...WISH, expiresAt })).toEqual({
      kind: "other-end",
      until: undefined,
    });
    expect(thruk.commands.sent).toHaveLength(1);
  });

  it("has downtimes with times in seconds since the epoch, and removes its own", async () => {
    expect(await backend().downtime(TARGET, PLAN)).toEqual({ kind: "done", downtimeId: "1" });
    expect(await backend().downtime(TARGET, PLAN)).toEqual({ kind: "already" });
    expect(await backend().downtime(TARGET, { ...PLAN, comment: "theirs", marker: "theirs" })).toMatchObject({
      kind: "done",
    });
    expect(await backend().removeDowntime(TARGET, { author: "me", marker: PLAN.marker })).toEqual({
      kind: "done",
    });
    const [made, , removed] = thruk.commands.sent;
    expect(made).toMatchObject({ start_time: NOW, end_time: NOW + 3_600, fixed: 1, duration: 3_600 });
    expect(removed).toEqual({ cmd: "del_downtime", host: HOST, service: SERVICE, downtime_id: "1" });
  });

  it.each([{ host: HOST, service: "nope" }, { host: "nope" }, { host: "../thruk", service: "whoami" }])(
    "sends nothing for %j, which does not exist",
    async (target) => {
      expect(await backend().acknowledge(target, WISH)).toEqual({ kind: "unknown-object" });
      expect(await backend().downtime(target, PLAN)).toEqual({ kind: "unknown-object" });
      expect(thruk.commands.sent).toEqual([]);
    },
  );

  it("does not take a command that was submitted for one that was done", async () => {
    thruk.commands.isDeaf = true;
    expect(await backend({ seenWithinMs: 20 }).acknowledge(TARGET, WISH)).toEqual({
      kind: "unverified",
      reason: `Thruk at ${url} has taken it, but does not show it`,
    });
  });

  it("does not say that a host's problem is acknowledged because the one of its service is", async () => {
    expect(await backend().acknowledge({ host: HOST }, WISH)).toEqual({ kind: "done" });
    expect(await backend().status({ host: HOST })).toMatchObject({ state: 1, isAcknowledged: true });
    expect(await backend().status(TARGET)).toMatchObject({ state: 2, isAcknowledged: false });
  });

  it("has nothing to acknowledge on a target that is well", async () => {
    for (const service of thruk.rows.services) service["state"] = 0;
    expect(await backend().acknowledge(TARGET, WISH)).toEqual({ kind: "not-a-problem" });
  });

  it("refuses a wrong key, without the key in the reason", async () => {
    const wrong = new ThrukChannel({ url, apiKey: "wrong-key" });
    const ending = await new CheckedBackend(wrong).acknowledge(TARGET, WISH);
    expect(ending).toEqual({
      kind: "forbidden",
      reason: "Thruk does not let us in: wrong authentication key",
    });
    wrong.close();
  });

  it("says why it refuses a command, and at the start that it will", async () => {
    const viewer = new ThrukChannel({ url, apiKey: THRUK_VIEWER_KEY });
    const refusing = new CheckedBackend(viewer);
    const forbidden = { kind: "forbidden", reason: "Thruk: you are not allowed to run this command" };
    expect(await refusing.acknowledge(TARGET, WISH)).toEqual(forbidden);
    expect(await refusing.recheck(TARGET)).toEqual(forbidden);
    expect(await refusing.status(TARGET)).toMatchObject({ state: 2 });
    await expect(refusing.whoAmI()).rejects.toThrow("the user viewer may not submit commands");
    viewer.close();
  });

  it("is unavailable when it does not reach its core, and says that, without what follows of its code", async () => {
    thruk.isCoreAway = true;
    const reason =
      "Thruk answers with HTTP 500: prod: failed to open socket /omd/sites/prod/tmp/run/live: No such file or directory.";
    expect(await backend().acknowledge(TARGET, WISH)).toEqual({ kind: "unavailable", reason });
  });

  it("is unavailable when it loses its core just before a command", async () => {
    const taken = channel.status.bind(channel);
    channel.status = async (target) => {
      const found = await taken(target);
      thruk.isCoreAway = true;
      return found;
    };
    expect(await backend().acknowledge(TARGET, WISH)).toEqual({
      kind: "unavailable",
      reason: expect.stringContaining("HTTP 400: sending command failed: prod: failed to open socket"),
    });
  });

  it("is refused, and not unavailable, if the core knows the object no more when it gets the command", async () => {
    thruk.commands.isNaemon = true;
    const taken = channel.status.bind(channel);
    channel.status = async (target) => {
      const known = await taken(target);
      thruk.rows.services.splice(0);
      return known;
    };
    expect(await backend().acknowledge(TARGET, WISH)).toEqual({
      kind: "forbidden",
      reason: expect.stringContaining("sending command failed: prod: 400: Failed validation of service"),
    });
  });

  it("does not say that there is no such object while it does not reach one of its cores", async () => {
    const nope = { host: HOST, service: "nope" };
    expect(await backend().status(nope)).toEqual({ kind: "unknown-object" });
    thruk.missingCore = "branch";
    expect(await backend().status(nope)).toEqual({
      kind: "unavailable",
      reason: expect.stringMatching(/^Thruk does not reach branch: ERROR: failed to open socket/),
    });
    expect(await backend().status(TARGET)).toMatchObject({ state: 2 });
  });

  it("does not say that a downtime is removed because its host is not shown any more", async () => {
    expect(await backend().downtime(TARGET, PLAN)).toMatchObject({ kind: "done" });
    const removing = channel.removeDowntime.bind(channel);
    channel.removeDowntime = async (...words) => {
      const sent = await removing(...words);
      thruk.rows.services.splice(0);
      thruk.missingCore = "branch";
      return sent;
    };
    expect(await backend().removeDowntime(TARGET, { author: "me", marker: PLAN.marker })).toMatchObject({
      kind: "unavailable",
    });
  });

  it("is unavailable when nobody listens", async () => {
    await thruk.close();
    expect(await backend().status(TARGET)).toEqual({
      kind: "unavailable",
      reason: expect.stringContaining("ECONNREFUSED"),
    });
    thruk = new FakeThruk();
    await thruk.listen();
  });

  it("tells as whom we act", async () => {
    expect(await backend().whoAmI()).toBe("omdadmin");
  });
});
