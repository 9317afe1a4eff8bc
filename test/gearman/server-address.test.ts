import { describe, expect, it } from "vitest";
import { readServerAddress, renderServerAddress } from "../../src/gearman/server-address.ts";

describe("readServerAddress", () => {
  it.each([
    ["localhost", "localhost", 4730],
    ["localhost:4731", "localhost", 4731],
    ["10.0.0.1:1", "10.0.0.1", 1],
    [":4731", "127.0.0.1", 4731],
    ["::1", "::1", 4730],
    ["fe80::1%eth0", "fe80::1%eth0", 4730],
    ["[::1]", "::1", 4730],
    ["[2001:db8::2]:65535", "2001:db8::2", 65535],
  ])("reads %s", (text, host, port) => {
    expect(readServerAddress(text)).toEqual({ host, port });
  });

  it.each([
    ["tls://gm", { host: "gm", port: 4730, tls: true }],
    ["TLS://gm:1", { host: "gm", port: 1, tls: true }],
    ["tcp://[::1]:2", { host: "::1", port: 2, tls: false }],
    ["tls://:4731", { host: "127.0.0.1", port: 4731, tls: true }],
  ])("reads %s", (text, expected) => {
    expect(readServerAddress(text)).toEqual(expected);
  });

  it.each([
    "tls://",
    "tls:/host",
    "http://host",
    "tls://tls://host",
    "tls://host/path",
    "host:",
    "host:0",
    "host:65536",
    "host:4730x",
    "host:-1",
    "[::1",
    "::1]:4730",
    "[::1]x",
    "[host:1",
    "a b",
  ])("refuses %s", (text) => {
    expect(readServerAddress(text)).toBeUndefined();
  });
});

describe("renderServerAddress", () => {
  it.each(["localhost:4730", "[::1]:4731"])("writes %s as it is read", (text) => {
    const server = readServerAddress(text);
    expect(server && renderServerAddress(server)).toBe(text);
  });
});
