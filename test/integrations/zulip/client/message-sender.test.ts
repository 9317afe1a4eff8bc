import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ChatServer, type Fault } from "../../../../integrations/chat-server/chat-server.ts";
import { MessageSender } from "../../../../integrations/zulip/client/message-sender.ts";
import { ZulipClient } from "../../../../integrations/zulip/client/zulip-client.ts";
import { ZulipError } from "../../../../integrations/zulip/client/zulip-error.ts";
import { FakeClock } from "./fake-clock.ts";

const MESSAGE = { stream: "icinga", topic: "web1", content: "down" };

describe("a message is sent until it is there", () => {
  let fake: ChatServer;
  let clock: FakeClock;
  let sender: MessageSender;
  let troubles: string[];
  beforeEach(async () => {
    clock = new FakeClock();
    troubles = [];
    fake = await ChatServer.start({ now: clock.now });
    const bot = fake.world.addUser({ email: "bot@rig.local", fullName: "Bot", isBot: true });
    fake.world.addStream("icinga", [bot.id]);
    const login = () => ({ email: bot.email, key: bot.key });
    const client = new ZulipClient({ site: fake.url, clock, login, userAgent: "test", timeoutMs: 1_000 });
    sender = new MessageSender({
      client,
      clock,
      random: () => 1,
      onTrouble: ({ failure }) => troubles.push(failure.kind),
    });
  });
  afterEach(() => fake.stop());
  const contents = () => fake.world.messages.map(({ content }) => content);

  it.each<[string, readonly Fault[]]>([
    ["it was stored, and the connection ended", [{ kind: "drop", isStored: true }]],
    ["it was lost, and the connection ended", [{ kind: "drop", isStored: false }]],
    ["it was stored, and no answer came", [{ kind: "hang", isStored: true }]],
    [
      "the server failed twice",
      [
        { kind: "status", status: 500 },
        { kind: "status", status: 502 },
      ],
    ],
    [
      "it was lost, then stored without an answer",
      [
        { kind: "drop", isStored: false },
        { kind: "drop", isStored: true },
      ],
    ],
  ])("once, though %s", async (_, faults) => {
    fake.faults.push(...faults);
    const id = await sender.send(MESSAGE, { after: 0 });
    expect(contents()).toEqual(["down"]);
    expect(id).toBe(fake.world.messages[0]?.id);
    expect(troubles).toEqual(faults.map(() => "unanswered"));
  });

  it("the same text of an earlier time is another message", async () => {
    const before = await sender.send(MESSAGE, { after: 0 });
    fake.faults.push({ kind: "drop", isStored: false });
    await sender.send(MESSAGE, { after: before });
    expect(contents()).toEqual(["down", "down"]);
  });

  it("what another attempt may have sent is looked for first", async () => {
    const before = await sender.send(MESSAGE, { after: 0 });
    expect(await sender.send(MESSAGE, { after: 0, isUncertain: true })).toBe(before);
    expect(contents()).toEqual(["down"]);
  });

  it("waits longer each time, up to a minute", async () => {
    fake.faults.push(...Array.from({ length: 8 }, (): Fault => ({ kind: "status", status: 503 })));
    await sender.send(MESSAGE, { after: 0 });
    expect(clock.sleeps.map((ms) => ms / 1_000)).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
  });

  it("gives up after its retries", async () => {
    await fake.stop();
    await expect(sender.send(MESSAGE, { after: 0, retries: 2 })).rejects.toThrow(ZulipError);
    expect(troubles).toEqual(["unreachable", "unreachable"]);
  });

  it("does not try again what is refused", async () => {
    await expect(sender.send({ ...MESSAGE, stream: "gone" }, { after: 0 })).rejects.toThrow(
      "STREAM_DOES_NOT_EXIST",
    );
    expect(fake.requests).toEqual(["POST messages"]);
  });

  it("ends when it is told to", async () => {
    await fake.stop();
    const ending = new AbortController();
    ending.abort();
    await expect(sender.send(MESSAGE, { after: 0, signal: ending.signal })).rejects.toThrow(ZulipError);
  });
});
