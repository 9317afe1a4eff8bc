import { describe, expect, it } from "vitest";
import { listenAddress } from "../../../src/config/kinds/addresses.ts";

const read = (text: string) => listenAddress.read({ key: "prometheus_server", text }, undefined);

describe("an address to listen on", () => {
  it.each([
    ["127.0.0.1:9050", "127.0.0.1", 9050],
    ["[::1]:9050", "::1", 9050],
    [":9050", undefined, 9050],
    ["9050", undefined, 9050],
    ["gw:0", "gw", 0],
  ])("may be %s", (text, host, port) => {
    expect(read(text)).toEqual({ value: { host, port }, remarks: [] });
  });

  it.each(["127.0.0.1", "127.0.0.1:", "a:b", ":65536", "::1:9050", "a b:x", "http://a:1/"])(
    "is not %s: it is told, and nothing is served",
    (text) => {
      const { value, remarks } = read(text);
      expect(value).toBeUndefined();
      expect(remarks).toMatchObject([{ severity: "warning" }]);
    },
  );

  it("is none if it is empty", () => {
    expect(read("")).toEqual({ value: undefined, remarks: [] });
  });

  it.each(["127.0.0.1:9050", "[::1]:9050", ":9050"])("%s is shown as it was written", (text) => {
    expect(listenAddress.render(read(text).value)).toBe(text);
  });
});
