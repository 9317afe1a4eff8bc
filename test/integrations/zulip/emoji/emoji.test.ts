import { inflateSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ChatServer } from "../../../../integrations/chat-server/chat-server.ts";
import { ZulipClient } from "../../../../integrations/zulip/client/zulip-client.ts";
import { drawBadge } from "../../../../integrations/zulip/emoji/draw.ts";
import { EMOJI, EMOJI_NAMES, readEmoji } from "../../../../integrations/zulip/emoji/pack.ts";
import { encodePng } from "../../../../integrations/zulip/emoji/png.ts";
import { uploadPack } from "../../../../integrations/zulip/emoji/upload.ts";

/** The lines of dots of a PNG, as this project writes them. */
function dotsOf(png: Buffer): Buffer {
  const start = png.indexOf("IDAT");
  return inflateSync(png.subarray(start + 4, start + 4 + png.readUInt32BE(start - 4)));
}

describe("the emoji", () => {
  it("are nine, by names that Zulip takes", () => {
    expect(EMOJI_NAMES.toSorted()).toEqual(["1d", "1h", "7d", "8h", "ack", "crit", "ok", "unk", "warn"]);
  });

  it.each(EMOJI_NAMES)("%s is the picture that is drawn: npm run emoji", (name) => {
    const png = readEmoji(name);
    const badge = EMOJI[name];
    expect(badge).toBeDefined();
    if (badge === undefined) return;
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([64, 64]);
    expect(dotsOf(png).equals(dotsOf(encodePng(drawBadge(badge))))).toBe(true);
    expect(png.length).toBeLessThan(2_000);
  });

  it("are all different, and have transparent corners", () => {
    const pictures = EMOJI_NAMES.map((name) => dotsOf(readEmoji(name)).toString("latin1"));
    expect(new Set(pictures).size).toBe(9);
    for (const picture of pictures) expect(picture.charCodeAt(4)).toBe(0);
  });
});

describe("the upload", () => {
  let fake: ChatServer;
  beforeEach(async () => {
    fake = await ChatServer.start();
  });
  afterEach(() => fake.stop());
  const pack = EMOJI_NAMES.map((name) => ({ name, png: readEmoji(name) }));
  const upload = async (user: { readonly isBot?: boolean; readonly role?: number }) => {
    const { email, key } = fake.world.addUser({ email: "a@b", fullName: "A", ...user });
    const client = new ZulipClient({ site: fake.url, login: () => ({ email, key }), userAgent: "test" });
    const told: string[] = [];
    const failures = await uploadPack(client, pack, (line) => told.push(line));
    return { told, failures };
  };

  it("of an administrator brings what is not there yet", async () => {
    fake.world.emoji.set("ok", "7");
    const { told, failures } = await upload({ role: 200 });
    expect(failures).toEqual([]);
    expect(told.slice(0, 2)).toEqual([":ok: is there already", ":warn: is uploaded"]);
    expect([...fake.world.emoji.keys()].toSorted()).toEqual(EMOJI_NAMES.toSorted());
  });

  it("of a bot says that Zulip refuses bots, and asks for nothing", async () => {
    const { failures } = await upload({ isBot: true });
    expect(failures).toEqual([
      expect.stringMatching(/^a@b is a bot, and Zulip takes custom emoji from people only: /),
    ]);
    expect(fake.requests).toEqual(["GET users/me"]);
  });

  it("of anybody else says what Zulip has refused", async () => {
    const { failures } = await upload({});
    expect(failures).toHaveLength(9);
    expect(failures[0]).toContain("Insufficient permission");
  });
});
