import { describe, expect, it } from "vitest";
import { BindVersion } from "../../../plugins/dns/bind-version.ts";
import { checkDns } from "../../../plugins/dns/check_dns.ts";
import { compare, readExpected } from "../../../plugins/dns/expected.ts";

describe("is left to the plugin", () => {
  it.each([
    ["a server that has to be looked up", "-H a.test -s ns.test"],
    ["a name of a reverse zone", "-H 1.2.0.192.in-addr.arpa"],
    ["a name that begins as an option of nslookup", "-H -port=5353"],
    ["a name in which the plugin would find an error", "-H NXDOMAIN.test"],
    ["an IPv6 address", "-H ::1"],
    ["what cannot go together", "-H a.test -a 192.0.2.1 -n"],
    ["a network that C cannot shift", "-H a.test -a 0.0.0.0/0"],
    ["a wrong range", "-H a.test -w 10:5"],
  ])("%s", (_, line) => {
    expect(checkDns.understand(line.split(" "))).toBeUndefined();
  });
});

it.each([
  [["192.0.2.0/24"], ["192.0.2.7"], { isMet: true, isComplete: true }],
  [["192.0.2.0/24"], ["192.0.3.7"], { isMet: false, isComplete: false }],
  [["0.0.0.0/8"], ["2001:db8::1"], { isMet: true, isComplete: true }],
  [["192.0.2.1"], ["192.0.2.1", "192.0.2.2"], { isMet: true, isComplete: false }],
  [["192.0.2.1", "192.0.2.3"], ["192.0.2.1"], { isMet: true, isComplete: false }],
])("compares %j with %j", (texts, addresses, expected) => {
  const all = texts.map(readExpected).filter((each) => each !== undefined);
  expect(compare(all, addresses)).toEqual(expected);
});

it.each([
  [["libisc-9.18.49-1~deb12u3-Debian.so"], true],
  [["libisc-9.20.11-4-Debian.so"], false],
  [["libisc-9.18.1.so", "libisc-9.16.1.so"], false],
  [["libc.so.6"], true],
])("knows the nslookup of %j: %s", (names, isKnown) => {
  const version = new BindVersion((folder) =>
    folder === "/usr/lib" ? ["x86_64-linux-gnu"] : folder.endsWith("-gnu") ? names : [],
  );
  if (isKnown) expect(() => version.require()).not.toThrow();
  else expect(() => version.require()).toThrow("another version of nslookup");
});
