import { mkdirSync, renameSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ThrukBroadcasts } from "../../../../integrations/backends/thruk-broadcasts.ts";
import { SpoolFolder } from "../../../../integrations/spool/spool-folder.ts";
import { decodePost } from "../../../../integrations/zulip/notify/post-entry.ts";
import { BROADCAST_TEXTS } from "../../../../integrations/zulip/sources/broadcast-texts.ts";
import { followBroadcasts } from "../../../../integrations/zulip/sources/follow-broadcasts.ts";
import { createFolder } from "../../../support/folder.ts";
import { broadcast, FakeThruk, THRUK_KEY as KEY } from "../../../support/servers/fake-thruk.ts";
import { stubLog } from "../../../support/stub-log.ts";
import { FakeClock } from "../client/fake-clock.ts";

describe("broadcasts of Thruk", () => {
  let folder: ReturnType<typeof createFolder>;
  let thruk: FakeThruk;
  let url: string;
  let clock: FakeClock;
  let log: ReturnType<typeof stubLog>;
  beforeEach(async () => {
    folder = createFolder();
    thruk = new FakeThruk();
    url = await thruk.listen();
    clock = new FakeClock();
    log = stubLog();
  });
  afterEach(async () => {
    await thruk.close();
    folder[Symbol.dispose]();
  });

  /** Asks Thruk so often, each time after this has been done. Gives what was told, and empties the spool. */
  async function ask(...changes: readonly (() => void)[]): Promise<readonly string[]> {
    const spool = await SpoolFolder.open(folder.path, { entries: 100, bytes: 1e8 });
    const source = new ThrukBroadcasts({ url, key: () => KEY });
    const ending = new AbortController();
    const rest = [...changes];
    rest.shift()?.();
    const sleep = async (ms: number) => {
      await clock.sleep(ms);
      const next = rest.shift();
      if (next === undefined) ending.abort();
      else next();
    };
    const style = { stream: "broadcasts", topic: "Broadcasts", stage: "prod", texts: BROADCAST_TEXTS.en };
    const broadcasting = { fetch: () => source.fetch(), everyMs: 60_000, style };
    await followBroadcasts(
      { broadcasting, spool, log, clock: { now: clock.now, elapsed: clock.elapsed, sleep } },
      ending.signal,
    );
    source.close();
    const told: string[] = [];
    for (const name of await spool.names()) {
      const post = decodePost((await spool.read(name)) ?? Buffer.alloc(0));
      expect(post).toMatchObject({ stream: "broadcasts", topic: "Broadcasts" });
      told.push(post?.content ?? "");
      await spool.remove(name);
    }
    return told;
  }

  const show =
    (...list: readonly unknown[]) =>
    () => {
      thruk.broadcasts = list;
    };
  const seconds = () => Math.floor(clock.time / 1_000);

  it("are not told again while it cannot be read what was told", async () => {
    const one = broadcast("2026-11-26-omdadmin", "once");
    expect(await ask(show(one))).toHaveLength(1);
    const [state, away] = [join(folder.path, "broadcasts.json"), join(folder.path, "away")];
    renameSync(state, away);
    mkdirSync(state);
    const mend = () => {
      rmdirSync(state);
      renameSync(away, state);
    };
    expect(await ask(show(one), mend, show(one))).toEqual([]);
    expect(log.warn).toHaveBeenCalledWith(expect.stringContaining("broadcasts are not told: EISDIR"));
  });

  it("are told once each, when they are changed, and when they are over", async () => {
    const first = broadcast("2026-11-26-omdadmin", "<b>Update</b> of Naemon at 8 pm");
    expect(await ask(show(first), show(first), show(first))).toEqual([
      "**Broadcast**, by omdadmin\n**Update** of Naemon at 8 pm\nStage: prod",
    ]);
    expect(await ask(show(first))).toEqual([]);
    const later = broadcast("2026-11-26-omdadmin", "Update at 9 pm");
    expect(await ask(show(later))).toEqual([
      "**Broadcast, changed**, by omdadmin\nUpdate at 9 pm\nStage: prod",
    ]);
    expect(await ask(show(), show())).toEqual([
      "**Broadcast is over**, by omdadmin\nUpdate at 9 pm\nStage: prod",
    ]);
    expect(await ask(show(first))).toHaveLength(1);
  });

  it("are not changed by a macro that becomes another text the day after", async () => {
    const made = (text: string) => broadcast("made", text, { raw_text: "down since {{date}}" });
    expect(
      await ask(show(made("down since 23:59:01")), show(made("down since 2026-11-27  23:59:01"))),
    ).toEqual(["**Broadcast**, by omdadmin\ndown since 23:59:01\nStage: prod"]);
    expect(await ask(show(broadcast("made", "down", { raw_text: "down" })))).toEqual([
      "**Broadcast, changed**, by omdadmin\ndown\nStage: prod",
    ]);
  });

  it("are over when their time is, and not told before it", async () => {
    const planned = () =>
      broadcast("planned", "later", {
        hide_before: "x",
        hide_before_ts: begin,
        expires: "y",
        expires_ts: end,
      });
    const [begin, end] = [seconds() + 90, seconds() + 200];
    const told = await ask(
      ...Array.from({ length: 6 }, () => () => {
        thruk.broadcasts = [planned()];
      }),
    );
    expect(told.map((text) => text.split("\n")[0])).toEqual([
      `**Broadcast**, by omdadmin, until <time:${new Date(end * 1_000).toISOString().replace(".000", "")}>`,
      "**Broadcast is over**, by omdadmin",
    ]);
  });

  it("are told with an end that no calendar has, and hold up no others", async () => {
    const told = await ask(
      show(broadcast("a", "one", { expires: "x", expires_ts: 1e20 }), broadcast("b", "other")),
    );
    expect(told.map((text) => text.split("\n")[1])).toEqual(["one", "other"]);
  });

  it("are not told if they are for some people only, or patterns for others", async () => {
    const told = await ask(
      show(
        broadcast("a", "for ada", { contacts: ["ada"] }),
        broadcast("b", "for a group", { contactgroups: ["ops"] }),
        broadcast("c", "a template", { template: 1 }),
        broadcast("d", "not for bob", { contacts: ["!bob"] }),
        broadcast("e", "  "),
        "nonsense",
        null,
      ),
    );
    expect(told.map((text) => text.split("\n")[1])).toEqual(["not for bob"]);
  });

  it("stay as they are while Thruk does not answer, or answers something else", async () => {
    const one = broadcast("a", "text");
    await ask(show(one));
    expect(
      await ask(
        () => {
          thruk.status = 500;
        },
        () => {
          thruk.status = 403;
        },
        () => {
          thruk.status = 200;
          thruk.broadcasts = { message: "starting" };
        },
        () => {
          thruk.broadcasts = "<html>";
        },
        show(one),
      ),
    ).toEqual([]);
    expect(log.warn.mock.calls.map(([text]) => text)).toEqual([
      expect.stringContaining("HTTP 500"),
      expect.stringContaining("does not let us in"),
      expect.stringContaining("no list of broadcasts"),
    ]);
    expect(log.info).toHaveBeenCalledExactlyOnceWith("Thruk tells its broadcasts again");
    expect(JSON.stringify(log)).not.toContain(KEY);
  });
});
