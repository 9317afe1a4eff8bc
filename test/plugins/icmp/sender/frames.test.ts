import { isIPv6 } from "node:net";
import { expect, it } from "vitest";
import { encodeStart, readAddress, type Series } from "../../../../plugins/icmp/sender/frames.ts";

const hex = (address: string) => Buffer.from(readAddress(address)).toString("hex");

it.each([
  ["10.0.200.255", "0a00c8ff"],
  ["::", "00000000000000000000000000000000"],
  ["::1", "00000000000000000000000000000001"],
  ["2001:db8::", "20010db8000000000000000000000000"],
  ["2001:db8::5:ABCD", "20010db800000000000000000005abcd"],
  ["1:2:3:4:5:6:7:8", "00010002000300040005000600070008"],
  ["::ffff:10.1.2.3", "00000000000000000000ffff0a010203"],
  ["64:ff9b::10.1.2.3", "0064ff9b00000000000000000a010203"],
  ["1:2:3:4:5:6:10.1.2.3", "0001000200030004000500060a010203"],
])("the bytes of %s", (address, bytes) => {
  expect(isIPv6(address)).toBe(address.includes(":"));
  expect(hex(address)).toBe(bytes);
});

it("a frame has the layout that icmp.pl unpacks", () => {
  const series: Series = {
    family: 4,
    address: "10.1.2.3",
    ttl: 64,
    size: 68,
    count: 5,
    gap: 80_000,
    limit: 7,
    withinMs: 3400,
    source: "10.9.9.9",
    rules: ["paced", "endsOnError"],
  };
  const frame = encodeStart(series, { id: 258, token: 0xdeadbeef }).toString("hex");
  expect(frame.match(/.{1,8}/g)).toEqual([
    ...["01040540", "00440005", "00000102", "deadbeef", "00000d48", "00013880", "00000007"],
    ...["0a010203", "00000000", "00000000", "00000000", "0a090909"],
  ]);
});
