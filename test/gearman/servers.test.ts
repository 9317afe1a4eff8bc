import { describe, expect, it } from "vitest";
import { readServerAddress, renderServerAddress, serversFromEnvironment } from "../../src/gearman/servers.ts";

describe("a server's address", () => {
  it.each([
    ["localhost", "localhost", 4730],
    ["gearmand.example.com:4731", "gearmand.example.com", 4731],
    ["192.0.2.7:1", "192.0.2.7", 1],
    [":4731", "127.0.0.1", 4731],
    ["::1", "::1", 4730],
    ["[::1]", "::1", 4730],
    ["[::1]:4731", "::1", 4731],
    ["2001:db8::7", "2001:db8::7", 4730],
  ])("%s is read", (text, host, port) => {
    expect(readServerAddress(text)).toEqual({ host, port });
  });

  it.each(["", "host:", "host:abc", "host:1:2", "[::1", "[::1]4730", "::1]:4730", "[]:4730"])(
    "'%s' is refused",
    (text) => {
      expect(() => readServerAddress(text)).toThrow(`'${text}' is not a server (host or host:port)`);
    },
  );

  it.each(["host:0", "host:65536", "[::1]:99999"])("%s has no such port", (text) => {
    expect(() => readServerAddress(text)).toThrow(`'${text}': the port must be 1 to 65535`);
  });

  it.each(["localhost:4730", "[::1]:4731"])("%s is rendered as it is read", (text) => {
    expect(renderServerAddress(readServerAddress(text))).toBe(text);
  });
});

describe("GEARMAN_SERVERS", () => {
  it.each([
    [undefined, []],
    ["", []],
    ["a", ["a:4730"]],
    ["a:1, [::1]:2 ,,b", ["a:1", "[::1]:2", "b:4730"]],
  ])("%s", (value, addresses) => {
    expect(serversFromEnvironment(value).map(renderServerAddress)).toEqual(addresses);
  });
});
