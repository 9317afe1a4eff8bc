import { describe, expect, it } from "vitest";
import { findAddress, isUnderstoodHost } from "../../../../plugins/snmp/snmpget/host-address.ts";
import { type Address, ResolveError } from "../../../../sdk/index.ts";
import { Resolver } from "../../../../sdk/resolve.ts";

const { signal } = new AbortController();

/** Resolves each host to these addresses, with one lookup for each family. */
function ask(host: string, known: readonly Address[] = []) {
  const asked: number[] = [];
  const resolver = new Resolver(async (_, family) => {
    asked.push(family);
    const found = known.filter((each) => each.family === family);
    if (found.length === 0) throw new ResolveError("EAI_NODATA");
    return found;
  });
  return { asked, answer: () => findAddress(host, resolver, signal) };
}

const V4 = { address: "192.0.2.1", family: 4 };
const V6 = { address: "2001:db8::1", family: 6 };

describe("a host's address", () => {
  it.each([
    ["192.0.2.7", { address: "192.0.2.7", family: "udp4" }],
    ["[2001:db8::7]", { address: "2001:db8::7", family: "udp6" }],
    ["udp6:[2001:db8::7]", { address: "2001:db8::7", family: "udp6" }],
  ])("%s is not looked up", async (host, address) => {
    const { asked, answer } = ask(host);
    expect(await answer()).toEqual(address);
    expect(asked).toEqual([]);
  });

  it.each<readonly [string, readonly Address[], unknown, readonly number[]]>([
    ["the first of IPv4", [V6, V4, { ...V4, address: "192.0.2.2" }], { ...V4, family: "udp4" }, [4]],
    ["of IPv6 where there is no IPv4 address", [V6], { ...V6, family: "udp6" }, [4, 6]],
    ["unknown", [], undefined, [4, 6]],
  ])("is %s", async (_, known, address, families) => {
    const { asked, answer } = ask("h.example", known);
    expect(await answer()).toEqual(address);
    expect(asked).toEqual(families);
  });

  it("is looked up each time, as by a program that keeps nothing", async () => {
    const { asked, answer } = ask("h.example", [V4]);
    await answer();
    await answer();
    expect(asked).toEqual([4, 4]);
  });

  it("is not waited for when the time is up", async () => {
    const resolver = new Resolver(() => new Promise(() => {}));
    const deadline = new AbortController();
    const waiting = findAddress("h.example", resolver, deadline.signal);
    deadline.abort(new Error("time is up"));
    await expect(waiting).rejects.toThrow("time is up");
  });
});

it.each([
  ["h.example", true],
  ["h.example.", true],
  ["127.1", true],
  ["[::1]", true],
  ["udp6:[::1]", true],
  ["::1", false],
  ["udp:h.example", false],
  ["[h.example]", false],
  ["h..example", false],
  ["-h", false],
])("%s is understood: %s", (host, isUnderstood) => {
  expect(isUnderstoodHost(host)).toBe(isUnderstood);
});
