import { format, inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { Secret, withoutLogin } from "../../src/config/secret.ts";

const secret = new Secret(Buffer.from("geheimnis"));

describe("Secret", () => {
  it.each([
    ["a template", `${secret}`],
    ["JSON", JSON.stringify({ secret })],
    ["inspect", inspect({ deep: [secret] }, { showHidden: true, depth: 9 })],
    ["format", format("%s %o %j", secret, secret, secret)],
    ["its properties", Object.values(secret).join()],
  ])("stays masked in %s", (_, shown) => {
    expect(shown).not.toMatch(/geheimnis|67 65 68|103/);
  });

  it("gives its bytes to who asks for them, and keeps its own", () => {
    secret.reveal().fill(0);
    expect(secret.reveal().toString()).toBe("geheimnis");
  });

  it("equals a secret of the same bytes only", () => {
    expect(secret.equals(new Secret(Buffer.from("geheimnis")))).toBe(true);
    expect(secret.equals(new Secret(Buffer.from("geheimnit")))).toBe(false);
  });
});

describe("what a server says has no login in it", () => {
  const basic = `Basic ${Buffer.from("mon:geheim:nis").toString("base64")}`;
  it.each([
    ["a header with a password", basic, `you sent ${basic}`, "you sent Basic ****"],
    ["the password itself", basic, "geheim:nis is wrong", "**** is wrong"],
    ["a token", "Token abc-def", '{"authorization":"Token abc-def"}', '{"authorization":"Token ****"}'],
    ["a key without a scheme", "0123abc", "0123abc, 0123abc", "****, ****"],
    ["what is too short to be told from others", "Token abc", "abc", "abc"],
    ["none", "", "all as it is", "all as it is"],
  ])("%s", (_, header, text, shown) => {
    expect(withoutLogin(text, header)).toBe(shown);
  });
});
