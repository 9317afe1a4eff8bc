import { describe, expect, it } from "vitest";
import { type Expected, readReply } from "../../../plugins/tcp/reply.ts";
import type { Peer } from "../../../plugins/transport/peer.ts";

/** A peer that gives one of these pieces for each call, and then ends or is silent. */
function speaker(pieces: readonly string[], isSilent = false): Peer {
  const rest = [...pieces];
  return {
    send: () => {},
    receive: async () => rest.shift() ?? "",
    select: async () => !isSilent || rest.length > 0,
    [Symbol.dispose]: () => {},
  };
}

const ANYWHERE: Expected = { texts: ["OK"], isExact: false, isAll: false, maximum: 0 };
const EXACT: Expected = { ...ANYWHERE, isExact: true };

describe("a reply", () => {
  it.each<readonly [readonly string[], Partial<Expected>, string, string]>([
    [["all is OK"], ANYWHERE, "success", "all is OK"],
    [["all is O", "K now", " not read"], ANYWHERE, "success", "all is OK now"],
    [["nothing"], ANYWHERE, "failure", "nothing"],
    [["a", "b", "c"], ANYWHERE, "failure", "abc"],
    [["OK", " A"], { texts: ["OK", "A"], isAll: true }, "success", "OK A"],
    [["OK", " B"], { texts: ["OK", "A"], isAll: true }, "failure", "OK B"],
    [["A"], { texts: ["OK", "A"] }, "success", "A"],
    [["any"], { texts: [""] }, "success", "any"],
    [["OK then"], EXACT, "success", "OK then"],
    [["O", "K"], EXACT, "success", "OK"],
    [["not OK", "OK"], EXACT, "failure", "not OK"],
    [["201 x"], { ...EXACT, texts: ["200", "201"] }, "success", "201 x"],
    [["2", "02"], { ...EXACT, texts: ["200", "201"] }, "failure", "202"],
    [["before\\0OK"], ANYWHERE, "success", "before\\0OK"],
    [["before\0OK", "OK"], ANYWHERE, "failure", "before"],
    [["OK \t\r\n\v\f"], ANYWHERE, "success", "OK"],
    [["OK\x85\xa0\n"], ANYWHERE, "success", "OK\x85\xa0"],
    [[" \n"], ANYWHERE, "failure", " "],
    [["12345", "OK"], { ...ANYWHERE, maximum: 5 }, "unjudged", "12345"],
    [["1234", "5", "OK"], { ...ANYWHERE, maximum: 5 }, "failure", "12345"],
  ])("%j, %j: %s", async (pieces, expected, match, text) => {
    expect(await readReply(speaker(pieces), { ...ANYWHERE, ...expected })).toMatchObject({ match, text });
  });

  it("is awaited no longer than the peer is silent", async () => {
    expect(await readReply(speaker(["a"], true), ANYWHERE)).toMatchObject({ match: "failure", text: "a" });
  });

  it("of nothing is none", async () => {
    expect(await readReply(speaker([]), ANYWHERE)).toBeUndefined();
  });

  it.each([
    ["x", false],
    ["x\r\n", false],
    ["xy", true],
    ["\0\0", true],
  ])("%j is shown: %s", async (text, isShown) => {
    expect(await readReply(speaker([text]), ANYWHERE)).toMatchObject({ isShown });
  });

  it("is searched to its end, however long, and kept only in part", async () => {
    const pieces = [...Array.from({ length: 200 }, () => "x".repeat(1024)), "O", "K"];
    const reply = await readReply(speaker(pieces), ANYWHERE);
    expect(reply).toMatchObject({ match: "success" });
    expect(reply?.text.length).toBeLessThan(70_000);
  });
});
