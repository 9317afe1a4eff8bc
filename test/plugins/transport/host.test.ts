import { expect, it } from "vitest";
import { family, isPlainHost } from "../../../plugins/transport/host.ts";
import { createOptionsReader } from "../../../sdk/read-options.ts";

it.each([
  ["localhost", true],
  ["a_b.example.org", true],
  ["192.0.2.1", true],
  ["fe80::1%eth0", true],
  ["", false],
  ["b\xfccher.example", false],
  ["a b", false],
  ["[::1]", false],
])("%j is given to getaddrinfo as it stands: %s", (host, isPlain) => {
  expect(isPlainHost(host)).toBe(isPlain);
});

it.each([
  [[], 0],
  [["-4"], 4],
  [["--use-ipv6"], 6],
  [["-6", "-4"], 4],
])("%j asks for the family %d", (argv, value) => {
  expect(createOptionsReader({ family })(argv)?.options).toEqual({ family: value });
});
