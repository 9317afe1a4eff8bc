import { expect, it } from "vitest";
import { renderOid } from "../../../../plugins/snmp/session/oid.ts";
import { renderValue, TYPES } from "../../../../plugins/snmp/snmpget/value-text.ts";
import { CheckDeclined } from "../../../../sdk/index.ts";

const text = (given: string) => Buffer.from(given, "latin1");
const hex = (given: string) => Buffer.from(given, "hex");
const FF = "FF ".repeat(16);

/** What snmpget 5.9.3 prints with `-m ''`. */
it.each<readonly [keyof typeof TYPES, unknown, string]>([
  ["integer", -15, "INTEGER: -15"],
  ["octetString", text("natlab"), 'STRING: "natlab"'],
  ["octetString", text(""), '""'],
  ["octetString", text('say "hi" \\ now'), 'STRING: "say \\"hi\\" \\\\ now"'],
  ["octetString", text("a\tb\nc\v\f\r"), 'STRING: "a\tb\nc\v\f\r"'],
  ["octetString", text("caf\xc3\xa9"), "Hex-STRING: 63 61 66 C3 A9 "],
  ["octetString", text("a\0"), "Hex-STRING: 61 00 "],
  ["octetString", text("\xff".repeat(16)), `Hex-STRING: ${FF}`],
  ["octetString", text("\xff".repeat(17)), `Hex-STRING: ${FF}\nFF `],
  ["octetString", null, '""'],
  ["null", null, "NULL"],
  ["oid", "1.3.6.1.4.1.8072", "OID: iso.3.6.1.4.1.8072"],
  ["ipAddress", "10.1.2.3", "IpAddress: 10.1.2.3"],
  ["counter", 4294967295, "Counter32: 4294967295"],
  ["gauge", 0, "Gauge32: 0"],
  ["timeTicks", 0, "Timeticks: (0) 0:00:00.00"],
  ["timeTicks", 8639999, "Timeticks: (8639999) 23:59:59.99"],
  ["timeTicks", 8640123, "Timeticks: (8640123) 1 day, 0:00:01.23"],
  ["timeTicks", 4294967295, "Timeticks: (4294967295) 497 days, 2:27:52.95"],
  ["counter64", hex("00ffffffffffffffff"), "Counter64: 18446744073709551615"],
  ["counter64", hex(""), "Counter64: 0"],
  ["opaque", hex("9f780441400000"), "Opaque: Float: 12.000000"],
  ["opaque", hex("9f7908400921fb54442d18"), "Opaque: Float: 3.141593"],
  ["opaque", hex("9f7a01ff"), "Opaque: Int64: -1"],
  ["opaque", hex("9f7b0101"), "Opaque: UInt64: 1"],
  ["opaque", hex("0403616263"), "OPAQUE: 04 03 61 62 63 "],
  ["noSuchObject", null, "No Such Object available on this agent at this OID"],
  ["noSuchInstance", null, "No Such Instance currently exists at this OID"],
  ["endOfMibView", null, "No more variables left in this MIB View (It is past the end of the MIB tree)"],
])("%s %j is printed as %s", (type, value, printed) => {
  expect(renderValue({ type: TYPES[type], value })).toBe(printed);
});

/** snmpget prints some of them, and says of others that the agent is at fault. */
it.each([0x00, 0x01, 0x03, 0x0c, 0x30, 0x45, 0x47, 0x48, 0x83, 0xa0])(
  "a value of type %i is left to snmpget",
  (type) => {
    for (const value of [null, Buffer.from([1]), 1]) {
      expect(() => renderValue({ type, value })).toThrow(CheckDeclined);
    }
  },
);

it.each([
  ["1.3.6.1.4.1.4294967295", "iso.3.6.1.4.1.4294967295"],
  ["0.0", "ccitt.0"],
  ["2.5.6", "joint-iso-ccitt.5.6"],
  // The codec reads 2.999 like this.
  ["26.39.1", "joint-iso-ccitt.999.1"],
])("the name %s is printed as %s", (oid, printed) => {
  expect(renderOid(oid)).toBe(printed);
});
