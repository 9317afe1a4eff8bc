import { describe, expect, it } from "vitest";
import { followRedirect, type Hop, type RedirectRules } from "../../../plugins/http/redirect.ts";
import { renderUrl } from "../../../plugins/http/request.ts";

const HOP: Hop = {
  target: {
    address: "10.0.0.1",
    port: 81,
    hostName: "www.example",
    hostPort: 81,
    url: "/a/b",
    usesTls: false,
  },
  scheme: "http",
  depth: 0,
};
const RULES: RedirectRules = { maximum: 3, keepsAddress: false, keepsPort: false };

function follow(
  location: string,
  { rules = RULES, hop = HOP }: { rules?: RedirectRules; hop?: Hop } = {},
): Hop {
  const page = { statusLine: "HTTP/1.1 302 Found", header: `A: b\r\nLocation: ${location}` };
  return followRedirect(page, hop, { rules, end: "" });
}

describe("a location leads to", () => {
  it.each([
    ["http://h/x", "http://h:80/x"],
    ["https://h/x?y=z#w", "https://h:443/x?y=z#w"],
    ["http://h:8080/x", "http://h:8080/x"],
    ["http://h:8080", "http://h:8080/"],
    ["http://h?x", "http://h:80/"],
    ["http://h//x", "http://h:80/x"],
    ["HTTPS://h/x", "http://h:80/x"],
    ["//h/x", "http://h:80/x"],
    ["//h", "http://www.example:81//h"],
    ["/x", "http://www.example:81/x"],
    ["x", "http://www.example:81/a/x"],
    ["?x", "http://www.example:81/a/?x"],
    ["/x y", "http://www.example:81/x"],
    ["\r\n /x", "http://www.example:81/x"],
  ])("%j: %s", (location, url) => {
    expect(renderUrl(follow(location).target)).toBe(url);
  });

  it("the address it was, where that sticks", () => {
    const sticky = { ...RULES, keepsAddress: true };
    expect(follow("http://h:8080/x", { rules: sticky }).target).toMatchObject({
      address: "10.0.0.1",
      hostName: "h",
      port: 8080,
    });
    expect(follow("http://h:8080/x", { rules: { ...sticky, keepsPort: true } }).target).toMatchObject({
      port: 81,
      hostPort: 81,
    });
  });
});

describe("a location leads nowhere:", () => {
  it.each([
    ['"x"', 'HTTP UNKNOWN - Could not parse redirect location - "x"\n'],
    ["", "HTTP UNKNOWN - Could not parse redirect location - \n"],
    ["\r\nB: c", "HTTP UNKNOWN - Empty redirect location\n"],
    ["http://h:99999/x", "HTTP UNKNOWN - Redirection to port above 65535 - http://h:99999/x\n"],
  ])("%j", (location, message) => {
    expect(() => follow(location)).toThrow(message);
  });

  it("there is none", () => {
    const page = { statusLine: "HTTP/1.1 302 Found", header: "X-Location: /x" };
    expect(() => followRedirect(page, HOP, { rules: RULES, end: "</A>" })).toThrow(
      "HTTP UNKNOWN - Could not find redirect location - HTTP/1.1 302 Found</A>\n",
    );
  });

  it("to itself", () => {
    const hop = { ...HOP, target: { ...HOP.target, address: "www.example" } };
    expect(() => follow("/a/b", { hop })).toThrow(
      "HTTP CRITICAL - redirection creates an infinite loop - http://www.example:81/a/b\n",
    );
    expect(follow("b", { hop }).depth).toBe(1);
    expect(follow("/a/b").depth).toBe(1);
  });

  it("once too often", () => {
    expect(() => follow("/x", { hop: { ...HOP, depth: 3 } })).toThrow(
      "HTTP WARNING - maximum redirection depth 3 exceeded - http://www.example:81/x\n",
    );
  });
});
