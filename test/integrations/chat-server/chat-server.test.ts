import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ChatServer } from "../../../integrations/chat-server/chat-server.ts";
import type { FakeUser } from "../../../integrations/chat-server/world.ts";
import { checkLeaks } from "../../support/leaks.ts";
import { ask, type Reply } from "./requests.ts";

const FIXTURES = join(import.meta.dirname, "../../fixtures/zulip");
const PROBE = readFileSync(join(FIXTURES, "probe.txt"), "utf8");
const FORM = readFileSync(join(FIXTURES, "zform-example.json"), "utf8").trim();
const [EVENTS = ""] = readFileSync(join(FIXTURES, "events.json"), "utf8").split("\n");

checkLeaks();

let fake: ChatServer;
let human: FakeUser;
let bot: FakeUser;
beforeEach(async () => {
  fake = await ChatServer.start({ heartbeatMs: 20 });
  human = fake.world.addUser({ email: "hamlet@rig.local", fullName: "Hamlet, Prinz (ik4-sma)", role: 200 });
  bot = fake.world.addUser({ email: "icinga-bot@rig.local", fullName: "Icinga API-Bot", isBot: true });
  fake.world.addStream("icinga", [human.id, bot.id]);
});
afterEach(() => fake.stop());

const call = (method: string, path: string, params: Record<string, string> = {}, user = bot) =>
  ask(fake.url, { method, path, params, user });
const send = (params: Record<string, string>, user = bot) =>
  call("POST", "messages", { type: "stream", to: "icinga", topic: "t", content: "c", ...params }, user);

/** The reply that was recorded after the line. */
function recorded(after: string): { readonly body: Reply; readonly status: number } {
  const [, rest = ""] = PROBE.split(`${after}\n`);
  const [body = "", status = ""] = rest.split("\n");
  return { body: JSON.parse(body), status: Number(status.replace(" HTTP ", "")) };
}

describe("replies are those of a real server", () => {
  it.each<[string, () => ReturnType<typeof call>]>([
    ["POST realm/emoji/Ack", () => uploadEmoji("Ack", human)],
    ["# bot uploads emoji", () => uploadEmoji("ack", bot)],
    ["xx", () => send({ widget_content: "xx" })],
    ["{}", () => send({ widget_content: "{}" })],
    [
      '{"widget_type":"zform","extra_data":{}}',
      () => send({ widget_content: '{"widget_type":"zform","extra_data":{}}' }),
    ],
    [
      '{"widget_type":"zform","extra_data":{"type":"choices","heading":"h","choices":[{"short_name":"a","reply":"r"}]}}',
      () =>
        send({
          widget_content:
            '{"widget_type":"zform","extra_data":{"type":"choices","heading":"h","choices":[{"short_name":"a","reply":"r"}]}}',
        }),
    ],
    [
      '{"widget_type":"nope","extra_data":{}}',
      () => send({ widget_content: '{"widget_type":"nope","extra_data":{}}' }),
    ],
    ["# no topic", () => call("POST", "messages", { type: "stream", to: "icinga", content: "c" })],
    ["# type=channel and type=direct", () => send({ type: "channel" })],
    ["# wrong key, no auth", () => call("GET", "users/me", {}, { ...bot, key: "short" })],
  ])("%s", async (what, request) => {
    const { status, body } = await request();
    expect({ status, body }).toEqual({ ...recorded(what) });
  });

  it("an empty list of choices, and widgets of people, are taken", async () => {
    const empty = '{"widget_type":"zform","extra_data":{"type":"choices","heading":"h","choices":[]}}';
    expect((await send({ widget_content: empty }, human)).body).toMatchObject({ result: "success", msg: "" });
  });

  it("events have the fields of the recorded ones", async () => {
    const { body } = await call("POST", "register", {
      event_types: '["message","reaction"]',
      apply_markdown: "false",
    });
    const topic = "Sakuli_Connections - Funktionale Tests";
    const content = "**CRIT** - PROBLEM - CRITICAL\nOutput: Störung";
    const sent = await send({ topic, content, widget_content: FORM });
    await call("POST", `messages/${sent.body["id"]}/reactions`, { emoji_name: "thumbs_up" }, human);
    await send(
      { topic, content: "@**Icinga API-Bot** acknowledge###dummy_fkt_tests###Sakuli_Connections###" },
      human,
    );
    await send({ topic: "x".repeat(70), content: "longtopic" });
    const events = await call("GET", "events", {
      queue_id: String(body["queue_id"]),
      last_event_id: "-1",
      dont_block: "true",
    });
    const wanted = (JSON.parse(EVENTS) as Reply)["events"] as readonly Reply[];
    const got = events.body["events"] as readonly Reply[];
    const pick = [wanted[0], wanted[1], wanted[3], wanted[4]];
    expect(got.map(shapeOf)).toEqual(pick.map(shapeOf));
    const texts = (event: Reply | undefined) => {
      const { subject, content: text, display_recipient, sender_email } = Object(event?.["message"]);
      return { subject, text, display_recipient, sender_email, flags: event?.["flags"] };
    };
    expect(got.map(texts)).toEqual(pick.map(texts));
  });

  /** The names of fields, in their order, all the way down. */
  function shapeOf(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(shapeOf);
    if (typeof value !== "object" || value === null) return "";
    return Object.entries(value).map(([name, inner]) => [name, shapeOf(inner)]);
  }
});

function uploadEmoji(name: string, user: FakeUser) {
  return call("POST", `realm/emoji/${name}`, {}, user);
}

describe("what a server does", () => {
  it("long texts are cut silently", async () => {
    await send({ topic: "x".repeat(61), content: "y".repeat(10_001) });
    const [message] = fake.world.messages;
    expect(message?.topic).toBe(`${"x".repeat(57)}...`);
    expect(message?.content).toHaveLength(10_000);
  });

  it("a message with a widget keeps its content, and its topic may move", async () => {
    const { body } = await send({ widget_content: FORM });
    const path = `messages/${body["id"]}`;
    expect((await call("PATCH", path, { content: "other" })).body["msg"]).toBe("Widgets cannot be edited.");
    expect((await call("PATCH", path, { topic: "✔ t" })).status).toBe(200);
    expect(fake.world.messages[0]?.topic).toBe("✔ t");
    expect((await call("PATCH", path, { topic: "u" }, human)).body).toEqual(
      PROBE.includes("edit this message")
        ? { result: "error", msg: "You don't have permission to edit this message", code: "BAD_REQUEST" }
        : {},
    );
  });

  it("the request after the last that is allowed is refused, with the time to wait", async () => {
    let now = 1_795_419_000_000;
    await using limited = await ChatServer.start({ limit: { requests: 2, seconds: 60 }, now: () => now });
    const user = limited.world.addUser({ email: "a@b", fullName: "A" });
    const request = () => ask(limited.url, { method: "GET", path: "users/me", user });
    const first = await request();
    expect(first.headers.get("X-RateLimit-Remaining")).toBe("1");
    now += 20_500;
    await request();
    const refused = await request();
    expect(refused.status).toBe(429);
    expect(refused.headers.get("Retry-After")).toBe("39.5");
    expect(refused.body).toEqual({
      result: "error",
      msg: "API usage exceeded rate limit",
      "retry-after": 39.5,
      code: "RATE_LIMIT_HIT",
    });
    now += 39_500;
    expect((await request()).status).toBe(200);
  });

  it("a poll without events ends with a heartbeat, and a restart loses the queue", async () => {
    const { body } = await call("POST", "register");
    const params = { queue_id: String(body["queue_id"]), last_event_id: "-1" };
    const polled = await call("GET", "events", params);
    expect(polled.body["events"]).toEqual([{ type: "heartbeat", id: 0 }]);
    await send({});
    await fake.restart();
    const lost = await call("GET", "events", params);
    expect(lost).toMatchObject({
      status: 400,
      body: { code: "BAD_EVENT_QUEUE_ID", queue_id: params.queue_id },
    });
    expect(fake.world.sentTo("icinga")).toHaveLength(1);
  });

  it("a private stream is not there for others, but the refusal to write names it", async () => {
    const secret = fake.world.addStream("secret", [human.id], { isPrivate: true });
    const { body } = await call("POST", "register", { all_public_streams: "true" });
    const sent = await send({ to: "secret" }, human);
    await call("POST", `messages/${sent.body["id"]}/reactions`, { emoji_name: "check" }, human);
    const asked = [
      await send({ to: "secret" }),
      await call("GET", `messages/${sent.body["id"]}`),
      await call("GET", "get_stream_id", { stream: "secret" }),
      await call("POST", "users/me/subscriptions", { subscriptions: '[{"name":"secret"}]' }),
    ];
    const refused = (msg: string) => ({ status: 400, body: { result: "error", msg, code: "BAD_REQUEST" } });
    expect(asked).toMatchObject([
      refused("Not authorized to send to stream 'secret'"),
      refused("Invalid message(s)"),
      refused("Invalid channel name 'secret'"),
      refused("Unable to access stream (secret)."),
    ]);
    const found = await call("GET", "messages", { anchor: "newest", num_before: "10" });
    expect(found.body["messages"]).toEqual([]);
    expect((await call("GET", "streams")).body["streams"]).toMatchObject([{ name: "icinga" }]);
    secret.subscribers.add(bot.id);
    await send({ to: "secret", content: "seen" }, human);
    const params = { queue_id: String(body["queue_id"]), last_event_id: "-1", dont_block: "true" };
    const { events } = (await call("GET", "events", params)).body;
    expect(events).toMatchObject([{ type: "message", message: { content: "seen" } }]);
  });

  it("in a stream for announcements only administrators write", async () => {
    fake.world.addStream("announcements", [human.id, bot.id], { isAnnouncements: true });
    expect((await send({ to: "announcements" }, human)).status).toBe(200);
    expect((await send({ to: "announcements" })).body["msg"]).toBe(
      "Only organization administrators can send to this stream.",
    );
  });

  it("messages are found by stream, topic and sender", async () => {
    await send({ topic: "a", content: "one" });
    await send({ topic: "b", content: "two" });
    await send({ topic: "a", content: "three" }, human);
    const narrow = JSON.stringify([
      { operator: "stream", operand: "icinga" },
      { operator: "topic", operand: "A" },
      { operator: "sender", operand: bot.id },
    ]);
    const params = { narrow, anchor: "newest", num_before: "10", num_after: "0", apply_markdown: "false" };
    const { body } = await call("GET", "messages", params);
    expect((body["messages"] as readonly Reply[]).map(({ content }) => content)).toEqual(["one"]);
  });

  it("a reaction is there once, and is gone once", async () => {
    const { body } = await send({});
    const path = `messages/${body["id"]}/reactions`;
    const react = (method: string) => call(method, path, { emoji_name: "check" });
    const codes = [];
    for (const method of ["POST", "POST", "DELETE", "DELETE"]) codes.push((await react(method)).body["code"]);
    expect(codes).toEqual([undefined, "REACTION_ALREADY_EXISTS", undefined, "REACTION_DOES_NOT_EXIST"]);
  });

  it("a request that cannot be read is refused, and one that does not come whole does nothing", async () => {
    const head = (length: number, type: string) => ({
      Authorization: `Basic ${Buffer.from(`${bot.email}:${bot.key}`).toString("base64")}`,
      "Content-Length": String(length),
      "Content-Type": type,
    });
    const sent = (body: string, headers: Readonly<Record<string, string>>) => {
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      return `POST /api/v1/messages HTTP/1.1\r\nHost: x\r\n${lines.join("")}\r\n${body}`;
    };
    const { port } = new URL(fake.url);
    const cut = connect(Number(port), "127.0.0.1").setEncoding("latin1");
    cut.write(sent("type=stream&to=icinga", head(99, "application/x-www-form-urlencoded")));
    cut.write("&topic=t", () => cut.destroy());
    await once(cut, "close");
    const odd = connect(Number(port), "127.0.0.1").setEncoding("latin1");
    odd.write(sent("no form", head(7, "multipart/form-data; boundary=x")));
    const [reply] = await once(odd, "data");
    odd.destroy();
    expect(reply).toContain("400 Bad Request");
    expect(await send({ content: "next" })).toMatchObject({ status: 200 });
    expect(fake.world.messages.map(({ content }) => content)).toEqual(["next"]);
  });

  it("a connection may end after the message was stored", async () => {
    fake.faults.push({ kind: "drop", isStored: true }, { kind: "drop", isStored: false });
    await expect(send({ content: "stored" })).rejects.toThrow("fetch failed");
    await expect(send({ content: "lost" })).rejects.toThrow("fetch failed");
    expect(fake.world.messages.map(({ content }) => content)).toEqual(["stored"]);
  });
});
