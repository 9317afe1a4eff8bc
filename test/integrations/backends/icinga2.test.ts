import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Backend, Target } from "../../../integrations/backends/backend.ts";
import { CheckedBackend } from "../../../integrations/backends/checked-backend.ts";
import { CommandChannel } from "../../../integrations/backends/commands/command-channel.ts";
import { writeCommand } from "../../../integrations/backends/commands/command-pipe.ts";
import { Icinga2Channel } from "../../../integrations/backends/icinga2-channel.ts";
import { queryLivestatus, sendLivestatus } from "../../../integrations/backends/livestatus/livestatus.ts";
import { createLivestatusReader } from "../../../integrations/backends/livestatus/livestatus-reader.ts";
import {
  HOST,
  type Icinga2,
  ODD_SERVICE,
  PASSWORD,
  READER,
  READER_PASSWORD,
  SERVICE,
  startIcinga2,
  USER,
} from "../../support/servers/icinga2.ts";
import { setState as believe } from "../../support/servers/icinga2-state.ts";
import { hasServer } from "../../support/servers/installed.ts";

const TARGETS = [
  { what: "a service", target: { host: HOST, service: SERVICE } },
  {
    what: "a service whose name has a backslash, an ampersand and an umlaut",
    target: { host: HOST, service: ODD_SERVICE },
  },
  { what: "a host", target: { host: HOST } },
];
const WISH = { author: "Zulip: Mücke", comment: "acknowledged in chat; see #123", isSticky: true };

describe.skipIf(!hasServer("icinga2") || !hasServer("icinga2-common"))("a real Icinga 2", () => {
  let icinga: Icinga2;
  let channel: Icinga2Channel;
  const address = () => ({ address: { path: icinga.livestatus } });
  beforeAll(async () => {
    icinga = await startIcinga2();
    channel = channelFor(USER, PASSWORD);
  });
  afterAll(async () => {
    channel.close();
    await icinga[Symbol.asyncDispose]();
  });

  const channelFor = (user = "", password = "") =>
    new Icinga2Channel({ url: icinga.url, user, password, caFile: icinga.caFile });

  /** Each way to speak to the same daemon. */
  const WAYS: Readonly<Record<string, () => Backend>> = {
    "its REST API": () => new CheckedBackend(channel),
    livestatus: () => new CheckedBackend(commands((line) => sendLivestatus(address(), line))),
    "the command pipe": () => new CheckedBackend(commands((line) => writeCommand(icinga.commandFile, line))),
  };
  const commands = (send: (line: string) => Promise<void>) =>
    new CommandChannel({ name: "the core", send, reader: createLivestatusReader(address()) });

  const setState = (target: Target, state: number) => believe(icinga, target, state);
  const now = () => Math.floor(Date.now() / 1000);
  const plan = (comment: string) => ({
    ...WISH,
    comment,
    marker: comment.slice(0, 7),
    startsAt: now(),
    endsAt: now() + 3_600,
  });
  const rows = (columns: string, ...filters: readonly string[]) =>
    queryLivestatus(address(), ["GET downtimes", `Columns: ${columns}`, ...filters]);

  describe.each(Object.entries(WAYS))("by %s", (_, create) => {
    describe.each(TARGETS)("$what", ({ target }) => {
      let backend: Backend;
      beforeEach(async () => {
        backend = create();
        await setState(target, 0);
        await setState(target, target.service === undefined ? 1 : 2);
      });

      it("is acknowledged once, and not any more when that is taken back", async () => {
        expect(await backend.acknowledge(target, WISH)).toEqual({ kind: "done" });
        expect(await backend.status(target)).toMatchObject({ isAcknowledged: true });
        expect(await backend.acknowledge(target, WISH)).toEqual({ kind: "already" });
        expect(await backend.unacknowledge(target, WISH.author)).toEqual({ kind: "done" });
        expect(await backend.status(target)).toMatchObject({ isAcknowledged: false });
        expect(await backend.unacknowledge(target, WISH.author)).toEqual({ kind: "already" });
      });

      it("is no problem when it is well", async () => {
        await setState(target, 0);
        expect(await backend.acknowledge(target, WISH)).toEqual({ kind: "not-a-problem" });
      });

      it("has one downtime for one wish, of which only that is removed", async () => {
        const [ours, theirs] = [plan("zulip:1: ours"), plan("zulip:2: theirs")];
        const made = await backend.downtime(target, ours);
        expect(made).toEqual({ kind: "done", downtimeId: expect.any(String) });
        expect(await backend.downtime(target, ours)).toEqual({ kind: "already" });
        expect(await backend.downtime(target, theirs)).toMatchObject({ kind: "done" });
        expect(await rows("author comment end_time", `Filter: comment = ${ours.comment}`)).toEqual([
          [ours.author, ours.comment, ours.endsAt],
        ]);
        const mark = { author: ours.author, marker: ours.marker };
        expect(await backend.removeDowntime(target, mark)).toEqual({ kind: "done" });
        expect(await backend.removeDowntime(target, mark)).toEqual({ kind: "already" });
        expect(await rows("comment", `Filter: comment ~ ^zulip`)).toEqual([[theirs.comment]]);
        expect(await backend.removeDowntime(target, theirs)).toEqual({ kind: "done" });
      });

      it("is checked again", async () => {
        expect(await backend.recheck(target)).toEqual({ kind: "done" });
        await expect.poll(() => backend.status(target)).toMatchObject({ output: "Check was successful." });
      });
    });

    it.each([
      { host: HOST, service: "nope" },
      { host: "nope", service: SERVICE },
      { host: "nope" },
      { host: HOST, service: 'x" || true || "' },
      { host: HOST, service: `${SERVICE}\nDowntime: 1` },
      { host: HOST, service: `${SERVICE};0` },
    ])("says that it does not know %j", async (target) => {
      const backend = create();
      expect(await backend.acknowledge(target, WISH)).toEqual({ kind: "unknown-object" });
      expect(await backend.downtime(target, plan("zulip:9"))).toEqual({ kind: "unknown-object" });
      expect(await backend.recheck(target)).toEqual({ kind: "unknown-object" });
      expect(await backend.status(target)).toEqual({ kind: "unknown-object" });
      expect(await rows("comment")).toEqual([]);
    });

    it.each([
      { what: "ends before it begins", change: { endsAt: 10 } },
      { what: "was over long ago", change: { startsAt: 10, endsAt: 20 } },
      { what: "lasts for decades", change: { endsAt: 99_999_999_999 } },
      { what: "has times that are no numbers", change: { endsAt: Number.NaN } },
    ])("makes no downtime that $what", async ({ change }) => {
      const backend = create();
      const ending = await backend.downtime({ host: HOST }, { ...plan("zulip:3"), ...change });
      expect(ending).toEqual({ kind: "forbidden", reason: expect.stringContaining("downtime") });
      expect(await rows("comment")).toEqual([]);
    });
  });

  describe("an acknowledgement with an end", () => {
    const target = { host: HOST, service: SERVICE };
    const expiry = async () =>
      (await queryLivestatus(address(), ["GET comments", "Columns: expire_time"])).flat();
    let backend: Backend;
    beforeEach(async () => {
      backend = new CheckedBackend(channel);
      await setState(target, 0);
      await setState(target, 2);
    });
    afterEach(() => setState(target, 0));

    it("is made, and is there when it is asked for again", async () => {
      const wish = { ...WISH, expiresAt: now() + 7_200 };
      expect(await backend.acknowledge(target, wish)).toEqual({ kind: "done" });
      expect(await backend.status(target)).toMatchObject({
        isAcknowledged: true,
        acknowledgedUntil: wish.expiresAt,
      });
      expect(await expiry()).toContain(wish.expiresAt);
      expect(await backend.acknowledge(target, wish)).toEqual({ kind: "already" });
    });

    it("is not what one without an end is, nor one with another end", async () => {
      const expiresAt = now() + 7_200;
      expect(await backend.acknowledge(target, WISH)).toEqual({ kind: "done" });
      expect(await backend.acknowledge(target, { ...WISH, expiresAt })).toEqual({
        kind: "other-end",
        until: 0,
      });
      expect(await backend.status(target)).toMatchObject({ isAcknowledged: true, acknowledgedUntil: 0 });
      await backend.unacknowledge(target, WISH.author);
      expect(await backend.acknowledge(target, { ...WISH, expiresAt })).toEqual({ kind: "done" });
      expect(await backend.acknowledge(target, WISH)).toEqual({ kind: "other-end", until: expiresAt });
      expect(await backend.acknowledge(target, { ...WISH, expiresAt: expiresAt + 60 })).toEqual({
        kind: "other-end",
        until: expiresAt,
      });
    });
  });

  it("tells as whom we act", async () => {
    expect(await channel.whoAmI()).toBe(USER);
  });

  it("does not let a user act who may only read", async () => {
    await setState({ host: HOST, service: SERVICE }, 2);
    using reader = disposable(channelFor(READER, READER_PASSWORD));
    const backend = new CheckedBackend(reader.channel);
    const target = { host: HOST, service: SERVICE };
    expect(await backend.status(target)).toMatchObject({ state: 2 });
    // Icinga 2 says the same of what does not exist.
    expect(await backend.acknowledge(target, WISH)).toEqual({ kind: "unknown-object" });
    expect(await backend.status(target)).toMatchObject({ isAcknowledged: false });
  });

  it("refuses a wrong password, without the password in the reason", async () => {
    using wrong = disposable(channelFor(USER, "not the password"));
    const ending = await new CheckedBackend(wrong.channel).acknowledge({ host: HOST }, WISH);
    expect(ending).toEqual({
      kind: "forbidden",
      reason: "Icinga 2 does not accept the user or the password",
    });
  });

  it("is unavailable while it is down, and there again afterwards", async () => {
    const target = { host: HOST, service: SERVICE };
    await icinga.stop();
    for (const create of Object.values(WAYS)) {
      const ending = await create().acknowledge(target, WISH);
      expect(ending).toEqual({ kind: "unavailable", reason: expect.stringMatching(/ECONNREFUSED|ENOENT/) });
    }
    await icinga.start();
    await setState(target, 0);
    await setState(target, 2);
    expect(await new CheckedBackend(channel).acknowledge(target, WISH)).toEqual({ kind: "done" });
  });

  function disposable(opened: Icinga2Channel) {
    return { channel: opened, [Symbol.dispose]: () => opened.close() };
  }
});
