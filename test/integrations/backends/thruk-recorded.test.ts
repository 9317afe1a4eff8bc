import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isShown, readBroadcasts } from "../../../integrations/zulip/sources/broadcast.ts";
import {
  broadcast,
  FakeThruk,
  THRUK_KEY,
  THRUK_STRANGER_KEY,
  THRUK_VIEWER_KEY,
} from "../../support/servers/fake-thruk.ts";
import { type Recorded, Replay, recorded } from "../../support/servers/recorded-thruk.ts";
import { FAILURES, HOST, type Open, openAll, READINGS, SERVICE, WISH } from "./thruk-readings.ts";

const KEYS: Readonly<Record<string, string>> = {
  "zulip-bot": THRUK_KEY,
  viewer: THRUK_VIEWER_KEY,
  stranger: THRUK_STRANGER_KEY,
};

/** Names, and the kinds of their values. Cores tell yes and no as 1 and 0, or in JSON's words. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (typeof value === "boolean") return "number";
  if (value === null) return "string";
  if (typeof value !== "object") return typeof value;
  const names = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(names.map(([name, each]) => [name, shapeOf(each)]));
}

describe.each(["icinga2", "naemon", "two-cores"])("what Thruk answered with %s behind it", (core) => {
  let thruk: FakeThruk;
  let root: string;
  beforeEach(async () => {
    thruk = new FakeThruk();
    root = `${await thruk.listen()}/r`;
    const problem = { acknowledged: 0, scheduled_downtime_depth: 0, plugin_output: "said by a test" };
    thruk.rows.hosts.push({ name: HOST, ...problem, state: 1, last_time_up: 1_795_754_232 });
    const service = { host_name: HOST, description: SERVICE, state: 2, last_time_ok: 1_795_754_229 };
    thruk.rows.services.push({ ...service, ...problem });
    thruk.commands.isNaemon = core !== "icinga2";
    thruk.broadcasts = [broadcast("2026-11-27-omdadmin", "text")];
  });
  afterEach(() => thruk.close());

  async function ask({ what, user, method, path, sent }: Recorded) {
    thruk.isCoreAway = what.startsWith("core away");
    thruk.missingCore = what.startsWith("one of two cores away") ? "branch" : undefined;
    if (what.startsWith("no comments")) thruk.rows.comments.splice(0);
    const headers = { "x-thruk-auth-key": KEYS[user] ?? "wrong", connection: "close" };
    const reply = await fetch(root + path, {
      method,
      headers,
      ...(sent !== undefined && { body: JSON.stringify(sent) }),
    });
    return { status: reply.status, contentType: reply.headers.get("content-type"), body: await reply.json() };
  }

  it("has the shape that the stand-in of the tests answers in, in the same order", async () => {
    const all = recorded(core);
    expect(all.length).toBeGreaterThan(4);
    for (const one of all) {
      const { status, contentType, body } = await ask(one);
      expect({ what: one.what, status, contentType, body: shapeOf(body) }).toEqual({
        what: one.what,
        status: one.status,
        contentType: one.contentType,
        body: shapeOf(one.body),
      });
    }
  });
});

describe.each(["icinga2", "naemon"])(
  "what Thruk answered with %s behind it is read as it is meant:",
  (core) => {
    let replay: Replay;
    let open: Open;
    beforeEach(async () => {
      replay = new Replay(core);
      open = openAll(await replay.listen());
    });
    afterEach(async () => {
      open.channel.close();
      open.broadcasts.close();
      open.reader[Symbol.dispose]();
      await replay[Symbol.asyncDispose]();
    });

    it.each(READINGS)("%s", async (what, read, expected) => {
      replay.with(what);
      expect(await read(open)).toEqual(expected);
    });

    it.each(FAILURES)("%s", async (what, read, reason) => {
      replay.with(what);
      await expect(read(open)).rejects.toThrow(reason);
    });

    it("acknowledge a service that there is not", async () => {
      replay.with("acknowledge a service that there is not");
      const sent = await open.channel.acknowledge({ host: HOST, service: "nope" }, WISH);
      const said = "prod: 400: Failed validation of service as type service (argument 0)";
      const reason = `Thruk answers with HTTP 400: sending command failed: ${said}`;
      const refusal = { kind: "forbidden", reason };
      expect(sent).toEqual(core === "naemon" ? refusal : { kind: "sent" });
    });

    it("broadcasts, of which some are not for a stream", async () => {
      replay.with("broadcasts");
      const now = Date.parse("2026-11-27T05:00:00Z");
      const shown = readBroadcasts(await open.broadcasts.fetch())?.map((one) => [one.id, isShown(one, now)]);
      expect(shown).toEqual([
        ["2026-11-27-omdadmin", true],
        ["2026-11-27-omdadmin_2", true],
        ["2026-11-27-omdadmin_3", false],
        ["2026-11-27-omdadmin_4", false],
        ["2026-11-27-omdadmin_5", false],
        ["2026-11-27-omdadmin_6", true],
      ]);
    });
  },
);

it("what Thruk cannot know while it does not reach one of its cores is not called unknown", async () => {
  await using replay = new Replay("two-cores");
  const open = openAll(await replay.listen());
  const away = "Thruk does not reach branch: ERROR: failed to open socket";
  replay.with("one of two cores away: sites");
  const unavailable = { kind: "unavailable", reason: expect.stringContaining(away) };
  expect(await open.backend.status({ host: HOST, service: "nope" })).toEqual(unavailable);
  replay.with("one of two cores away: command for a service that there is not");
  expect(await open.channel.unacknowledge({ host: HOST, service: "nope" })).toEqual({
    kind: "unavailable",
    reason: expect.stringContaining("(the following sites could not be reached: branch)"),
  });
  replay.with("one of two cores away: service of the other");
  expect(await open.backend.status({ host: HOST, service: SERVICE })).toMatchObject({ state: 2 });
  open.channel.close();
  open.broadcasts.close();
  open.reader[Symbol.dispose]();
});
