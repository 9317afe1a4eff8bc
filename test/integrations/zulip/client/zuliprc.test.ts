import { describe, expect, it } from "vitest";
import { readZuliprc } from "../../../../integrations/zulip/client/zuliprc.ts";

describe("a zuliprc", () => {
  it("has a login", () => {
    const text = "[api]\nemail=bot@example.org\nkey = abc=\r\nsite=https://chat.example.org\n";
    expect(readZuliprc(text)).toEqual({
      email: "bot@example.org",
      key: "abc=",
      site: "https://chat.example.org",
      isInsecure: false,
    });
  });

  it.each([
    ["another section", "[other]\nkey=x\n", {}],
    ["a comment", "[api]\n# key=x\n; email=y\n", {}],
    ["a colon", "[api]\nsite: https://a\n", { site: "https://a" }],
    [
      "certificates",
      "[api]\ncert_bundle=/ca.pem\ninsecure=true\n",
      { certBundle: "/ca.pem", isInsecure: true },
    ],
    ["an empty value", "[api]\nkey=\n", {}],
  ])("with %s", (_, text, values) => {
    expect(readZuliprc(text)).toEqual({ isInsecure: false, ...values });
  });
});
