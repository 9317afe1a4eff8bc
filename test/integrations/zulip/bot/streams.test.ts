import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { checkLeaks } from "../../../support/leaks.ts";
import { BotWorld } from "./bot-world.ts";

checkLeaks();

const PATIENCE = { timeout: 20_000, interval: 5 };

describe("a bot", () => {
  let world: BotWorld;
  beforeEach(async () => {
    world = await BotWorld.create();
  });
  afterEach(() => world[Symbol.asyncDispose]());

  const says = (level: "warn" | "error", text: RegExp) =>
    vi.waitFor(() => {
      const said = world.log[level].mock.calls.map((call) => String(call.at(-1)));
      expect(said).toContainEqual(expect.stringMatching(text));
      return said;
    }, PATIENCE);

  it("that is not subscribed to a stream of its rules hears nothing there, and its log says so", async () => {
    const { fake, anna, bot } = world;
    const ops = fake.world.addStream("Ops", [anna.id], { isPrivate: true });
    const streams = ["icinga", "ops", "later*"];
    await world.start({
      rules: [
        { allow: true, streams },
        { allow: false, streams: ["general"] },
      ],
    });
    expect(
      await says("warn", /^the bot is not subscribed to ops, which permission names: it hears nothing/),
    ).toHaveLength(1);
    await world.say("help", anna, { to: "Ops" });
    await world.settled();
    expect(world.answers).toHaveLength(1);
    ops.subscribers.add(bot.id);
    await world.say("help", anna, { to: "Ops" });
    expect(await world.answered(2)).toHaveLength(2);
  });

  it("that may not write where it is asked does what is asked, and its log says why nobody reads the answer", async () => {
    const { fake, anna, bot, monitoring } = world;
    fake.world.addStream("few", [anna.id, bot.id], { isAnnouncements: true });
    Object.assign(anna, { role: 200 });
    await world.start({ rules: [{ allow: true }] });
    await world.say("ack###web1###http###", anna, { to: "few" });
    await says("error", /^nobody reads the answer: .* Only organization administrators can send/);
    expect(await monitoring.status({ host: "web1", service: "http" })).toMatchObject({
      isAcknowledged: true,
    });
    await world.settled();
    expect(world.meter.value("answersRefused")).toBe(1);
  });
});
