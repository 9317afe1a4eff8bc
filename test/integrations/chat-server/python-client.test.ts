import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ChatServer } from "../../../integrations/chat-server/chat-server.ts";
import type { FakeUser } from "../../../integrations/chat-server/world.ts";
import { hasTool, toolFolder } from "../../support/fetched-tools.ts";
import { checkLeaks } from "../../support/leaks.ts";
import { ask } from "./requests.ts";

checkLeaks();

const PATIENCE = { timeout: 30_000, interval: 10 };

describe.skipIf(!hasTool("zulip"))("Zulip's own client takes the tests' server for a Zulip", () => {
  let fake: ChatServer;
  let bot: FakeUser;
  let anna: FakeUser;
  beforeEach(() => start());
  afterEach(() => fake.stop());

  async function start(settings: Parameters<typeof ChatServer.start>[0] = {}): Promise<void> {
    await fake?.stop();
    fake = await ChatServer.start(settings);
    bot = fake.world.addUser({ email: "bot@rig.local", fullName: "Icinga API-Bot", isBot: true });
    anna = fake.world.addUser({ email: "anna@rig.local", fullName: "Anna" });
    fake.world.addStream("icinga", [bot.id]);
  }

  const python = (script: string) =>
    execa("python3", [join(import.meta.dirname, script), fake.url, bot.email, bot.key], {
      env: { PYTHONPATH: toolFolder("zulip") },
      timeout: 60_000,
    });

  it("in all that programs of this project ask for", async () => {
    const { stdout } = await python("python_client.py");
    expect(JSON.parse(stdout)).toEqual({
      level: 218,
      me: "Icinga API-Bot",
      results: Array(6).fill("success"),
      codes: ["REACTION_ALREADY_EXISTS", "BAD_REQUEST", "STREAM_DOES_NOT_EXIST", "BAD_EVENT_QUEUE_ID"],
      events: ["message", "message", "reaction"],
      found: ["**CRIT** - PROBLEM - ä", "with buttons"],
      users: 2,
      groups: [],
      streams: ["icinga", "new"],
      emoji: {},
    });
    expect(fake.world.messages[0]?.content).toBe("changed");
  });

  it("while it listens: through heartbeats, a restart that loses its queue, and a server that is away", async () => {
    await start({ heartbeatMs: 30, limit: { requests: 100_000, seconds: 60 } });
    const listener = python("python_listener.py");
    const asked = (request: string) => fake.requests.filter((each) => each === request).length;
    const asks = (request: string, times: number) =>
      vi.waitFor(() => expect(asked(request)).toBeGreaterThanOrEqual(times), PATIENCE);
    // Nothing but heartbeats answers these.
    await asks("GET events", 5);
    await say("one");
    await asks("GET events", asked("GET events") + 3);
    expect(asked("POST register")).toBe(1);
    await fake.restart();
    await asks("POST register", 2);
    await say("two");
    await asks("GET events", asked("GET events") + 3);
    await fake.stop();
    await fake.resume();
    await asks("POST register", 3);
    for (const text of ["three", "end"]) await say(text);
    const { stdout } = await listener;
    expect(stdout.split("\n")).toEqual(['"one"', '"two"', '"three"', '"end"']);
  });

  it("when it is refused as too fast: it reads when to come back, as the recorded reply has it", async () => {
    let now = 1_795_419_000_250;
    await start({ now: () => now, limit: { requests: 7, seconds: 60 } });
    fake.countRequest(bot.id);
    now += 21_130;
    expect(JSON.parse((await python("python_limited.py")).stdout)).toEqual({
      answered: 6,
      refusal: {
        result: "error",
        msg: "API usage exceeded rate limit",
        code: "RATE_LIMIT_HIT",
        "retry-after": expect.closeTo(38.87, 3),
      },
    });
    expect(fake.refusals).toEqual(new Map([[bot.email, 1]]));
  });

  it("and goes on with its queue when polls are taken again that were too many", async () => {
    await start({ heartbeatMs: 20, limit: { requests: 6, seconds: 2 } });
    const listener = python("python_listener.py");
    await vi.waitFor(() => expect(fake.refusals.get(bot.email)).toBeGreaterThan(0), PATIENCE);
    for (const text of ["kept", "end"]) await say(text);
    expect((await listener).stdout.split("\n")).toEqual(['"kept"', '"end"']);
    expect(fake.requests.filter((each) => each === "POST register")).toHaveLength(1);
  });

  async function say(content: string): Promise<void> {
    const params = { type: "stream", to: "icinga", topic: "t", content };
    expect((await ask(fake.url, { method: "POST", path: "messages", user: anna, params })).status).toBe(200);
  }
});
