import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { ChatServer } from "../../../integrations/chat-server/chat-server.ts";
import { hasTool, toolFolder } from "../../support/fetched-tools.ts";

const SCRIPT = join(import.meta.dirname, "python_client.py");

describe.skipIf(!hasTool("zulip"))("Zulip's own client takes the tests' server for a Zulip", () => {
  it("in all that programs of this project ask for", async () => {
    await using fake = await ChatServer.start();
    const bot = fake.world.addUser({ email: "bot@rig.local", fullName: "Icinga API-Bot", isBot: true });
    fake.world.addStream("icinga", [bot.id]);
    const env = { PYTHONPATH: toolFolder("zulip") };
    const { stdout } = await execa("python3", [SCRIPT, fake.url, bot.email, bot.key], {
      env,
      timeout: 60_000,
    });
    expect(JSON.parse(stdout)).toEqual({
      level: 218,
      me: "Icinga API-Bot",
      results: Array(6).fill("success"),
      codes: ["REACTION_ALREADY_EXISTS", "BAD_REQUEST", "STREAM_DOES_NOT_EXIST", "BAD_EVENT_QUEUE_ID"],
      events: ["message", "message", "reaction"],
      found: ["**CRIT** - PROBLEM - ä", "with buttons"],
      users: 1,
      groups: [],
      streams: ["icinga", "new"],
      emoji: {},
    });
    expect(fake.world.messages[0]?.content).toBe("changed");
  });
});
