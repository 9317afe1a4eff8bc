import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ChatServer } from "../../../../integrations/chat-server/chat-server.ts";
import type { FakeUser } from "../../../../integrations/chat-server/world.ts";
import {
  fetchEmojiNames,
  fetchNewestId,
  fetchOwnMessages,
  fetchOwnUser,
  fetchServerSettings,
  postMessage,
} from "../../../../integrations/zulip/client/api.ts";
import { RequestPace } from "../../../../integrations/zulip/client/request-pace.ts";
import { ZulipClient } from "../../../../integrations/zulip/client/zulip-client.ts";
import { ZulipError } from "../../../../integrations/zulip/client/zulip-error.ts";
import { FakeClock } from "./fake-clock.ts";

const MESSAGE = { stream: "icinga", topic: "web1", content: "Störung" };

describe("the client on a Zulip server", () => {
  let fake: ChatServer;
  let bot: FakeUser;
  let clock: FakeClock;
  let key: string;
  let client: ZulipClient;
  beforeEach(async () => {
    clock = new FakeClock();
    fake = await ChatServer.start({ now: clock.now, limit: { requests: 200, seconds: 60 } });
    bot = fake.world.addUser({ email: "bot@rig.local", fullName: "Icinga API-Bot", isBot: true });
    key = bot.key;
    fake.world.addStream("icinga", [bot.id]);
    client = new ZulipClient({
      site: fake.url,
      clock,
      userAgent: "omd-worker/test",
      timeoutMs: 1_000,
      login: () => ({ email: bot.email, key }),
    });
  });
  afterEach(() => fake.stop());

  const failureOf = async (request: Promise<unknown>) => {
    const error: unknown = await request.catch((caught: unknown) => caught);
    if (!(error instanceof ZulipError)) throw new Error(`no ZulipError: ${String(error)}`);
    expect(error.message).not.toContain(key);
    return error;
  };

  it("finds out who it is, and what the server is", async () => {
    expect(await fetchServerSettings(client)).toEqual({ version: "8.0-dev", featureLevel: 218 });
    expect(await fetchOwnUser(client)).toEqual({
      userId: bot.id,
      email: "bot@rig.local",
      fullName: "Icinga API-Bot",
      isBot: true,
    });
  });

  it("sends a message, and finds it again", async () => {
    expect(await fetchNewestId(client)).toBe(0);
    const id = await postMessage(client, MESSAGE);
    expect(await fetchNewestId(client)).toBe(id);
    const found = await fetchOwnMessages(client, { stream: "icinga", topic: "web1", count: 5 });
    expect(found).toEqual([{ id, content: "Störung" }]);
    expect(fake.world.messages[0]?.client).toBe("omd-worker");
  });

  it("lists the custom emoji", async () => {
    fake.world.emoji.set("ack", "1");
    expect(await fetchEmojiNames(client)).toEqual(["ack"]);
  });

  it.each([
    [
      "a stream that is not there",
      { stream: "nowhere" },
      { kind: "refused", status: 400, code: "STREAM_DOES_NOT_EXIST" },
    ],
    ["a widget that is none", { widget: "{}" }, { kind: "refused", status: 400, code: "BAD_REQUEST" }],
  ])("%s is refused", async (_, change, failure) => {
    expect((await failureOf(postMessage(client, { ...MESSAGE, ...change }))).failure).toEqual(failure);
  });

  it("a wrong key is told apart, and a right one counts with the next request", async () => {
    const right = key;
    key = "x".repeat(32);
    const { failure } = await failureOf(fetchOwnUser(client));
    expect(failure).toEqual({ kind: "unauthorized", status: 401, code: "UNAUTHORIZED" });
    key = right;
    expect((await fetchOwnUser(client)).email).toBe(bot.email);
  });

  it.each([
    [{ kind: "status", status: 502 } as const, "has failed at POST messages: status 502"],
    [{ kind: "drop", isStored: true } as const, "has not answered POST messages: UND_ERR_SOCKET"],
    [{ kind: "hang", isStored: true } as const, "has not answered POST messages in time"],
  ])("after %j the message may have arrived", async (fault, text) => {
    fake.faults.push(fault);
    const error = await failureOf(postMessage(client, MESSAGE));
    expect(error.failure).toEqual({ kind: "unanswered" });
    expect(error.message).toBe(`${fake.url} ${text}`);
  });

  it("a server that does not listen was not reached", async () => {
    await fake.stop();
    const error = await failureOf(fetchOwnUser(client));
    expect(error.failure).toEqual({ kind: "unreachable" });
    expect(error.message).toBe(`cannot reach ${fake.url}: ECONNREFUSED`);
  });

  it("slows down before it is refused", async () => {
    for (let at = 0; at < 500; at += 1) await fetchOwnUser(client);
    expect(fake.requests).toHaveLength(500);
    expect(clock.sleeps.length).toBeGreaterThan(10);
    // 200 at once, then at most 200 in each minute.
    expect(clock.time - 1_795_419_000_000).toBeGreaterThan(60_000);
    expect(client.freeRequests).toBeLessThanOrEqual(180);
  });

  it("waits as long as it was told, to the hundredth of a second", async () => {
    const other = new ZulipClient({
      site: fake.url,
      clock: new FakeClock(),
      userAgent: "other",
      login: () => ({ email: bot.email, key }),
    });
    for (let at = 0; at < 200; at += 1) fake.countRequest(bot.id);
    clock.time += 21_250;
    const { failure } = await failureOf(fetchOwnUser(other));
    expect(failure).toEqual({ kind: "rate-limited", waitMs: 38_750 });
  });
});

it.each([
  ["back by an hour", -3_600_000],
  ["back by a day", -86_400_000],
  ["forward by an hour", 3_600_000],
])("waits as long as it was told, though the clock is set %s meanwhile", async (_, byMs) => {
  const clock = new FakeClock();
  const pace = new RequestPace(clock);
  pace.hold(5_000);
  clock.set(byMs);
  await pace.wait();
  await pace.wait();
  expect(clock.sleeps).toEqual([5_000]);
});

it.each([
  ["back", -3_600_000],
  ["forward", 3_600_000],
])("spreads the rest of its requests, though the clock is set %s meanwhile", async (_, byMs) => {
  const clock = new FakeClock();
  const pace = new RequestPace(clock);
  const seconds = Math.floor(clock.now() / 1_000);
  pace.note(
    new Headers({
      "X-RateLimit-Limit": "200",
      "X-RateLimit-Remaining": "10",
      "X-RateLimit-Reset": `${seconds + 30}`,
      Date: new Date(seconds * 1_000).toUTCString(),
    }),
  );
  clock.set(byMs);
  await pace.wait();
  expect(clock.sleeps).toEqual([3_000]);
});

it("waits an hour at most, however long it was told", async () => {
  const clock = new FakeClock();
  const pace = new RequestPace(clock);
  pace.hold(Number.POSITIVE_INFINITY);
  await pace.wait();
  expect(clock.sleeps).toEqual([3_600_000]);
});

describe("the client on other servers", () => {
  async function answer(
    status: number,
    body: string | Buffer,
    headers: Readonly<Record<string, string>> = {},
  ) {
    const server = createServer((_, response) => response.writeHead(status, headers).end(body));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const client = new ZulipClient({
      site: `http://127.0.0.1:${port}`,
      userAgent: "test",
      login: () => ({ email: "a@b", key: "secret" }),
    });
    const error: unknown = await fetchOwnUser(client).catch((caught: unknown) => caught);
    server.closeAllConnections();
    server.close();
    return error instanceof ZulipError ? error.failure : error;
  }

  it.each([
    ["a page of a proxy", 200, "<html>", "unanswered"],
    ["a proxy without a server", 503, "<html>", "unanswered"],
    ["JSON that is no object", 200, "[]", "unanswered"],
    ["a user without an id", 200, '{"result":"success"}', "unanswered"],
    ["a refusal without JSON", 403, "no", "unauthorized"],
    ["another path", 404, "no", "refused"],
  ])("%s", async (_, status, body, kind) => {
    expect(await answer(status, body)).toMatchObject({ kind });
  });

  it("a reply that unpacks to more than there is room for is none", async () => {
    const user = `{"user_id":8,"email":"a@b","full_name":"A"${" ".repeat(64 * 1024 * 1024)}}`;
    const packed = gzipSync(user, { level: 1 });
    expect(await answer(200, packed, { "content-encoding": "gzip" })).toEqual({ kind: "unanswered" });
  });
});
