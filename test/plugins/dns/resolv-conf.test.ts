import { expect, it } from "vitest";
import { parseResolvConf } from "../../../plugins/dns/resolv-conf.ts";

it.each([
  ["nameserver 192.0.2.53\n", { servers: ["192.0.2.53"], search: [], ndots: 1 }],
  [
    "# made by hand\ndomain a.test\nsearch b.test\tc.test ; both\nnameserver ::1\nnameserver 192.0.2.1\noptions edns0 trust-ad ndots:5\n",
    { servers: ["::1", "192.0.2.1"], search: ["b.test", "c.test"], ndots: 5 },
  ],
])("reads %j", (text, expected) => {
  expect(parseResolvConf(text)).toEqual(expected);
});

it.each([
  "",
  "search a.test\n",
  "nameserver ns1.test\n",
  "nameserver 192.0.2.1\noptions rotate\n",
  "nameserver 192.0.2.1\noptions timeout:1\n",
  "nameserver 192.0.2.1\nsortlist 192.0.2.0\n",
  "nameserver 192.0.2.1\nsearch .\n",
  "nameserver 192.0.2.1\n".repeat(4),
])("leaves to nslookup: %j", (text) => {
  expect(parseResolvConf(text)).toBeUndefined();
});
