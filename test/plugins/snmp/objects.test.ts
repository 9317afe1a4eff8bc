import { describe, expect, it } from "vitest";
import { readObjects } from "../../../plugins/snmp/objects.ts";
import { CheckDeclined } from "../../../sdk/index.ts";

describe("an object", () => {
  it.each([
    ["iso.3 = INTEGER: -15", "iso.3", "integer", "-15"],
    ["iso.3 = Gauge32: 7", "iso.3", "gauge", "7"],
    ["iso.3 = Counter64: 7", "iso.3", "counter", "7"],
    ['iso.3 = STRING: "a b"', "iso.3", "string", '"a b"'],
    ["iso.3 = Hex-STRING: 00 FF ", "iso.3", "string", "00 FF "],
    ["iso.3 = OID: iso.4", "iso.3", "other", "iso.4"],
    ["iso.3 = Timeticks: (1) 0:00:00.01", "iso.3", "other", "Timeticks: (1) 0:00:00.01"],
    ["iso.3 = IpAddress: 10.1.2.3", "iso.3", "other", "IpAddress: 10.1.2.3"],
    ['iso.3 = ""', "iso.3", "other", '""'],
    ['iso.3 = STRING: "Counter32: 5"', "iso.3", "counter", '5"'],
  ])("%j", (line, name, kind, value) => {
    expect(readObjects([line], 1)).toEqual([{ name, kind, value, response: line.slice(5), lines: [] }]);
  });

  it("may begin at another delimiter", () => {
    expect(readObjects(["iso.3 = Timeticks: (1) 0:00:00.01"], 1, ")")).toMatchObject([
      { name: "iso.3 = Timeticks: (1", response: ") 0:00:00.01", value: ":00:00.01" },
    ]);
    expect(() => readObjects(["iso.3 = 5"], 1, "5")).toThrow(CheckDeclined);
  });
});

describe("a text of several lines", () => {
  it("is one object, and the next line is the next object", () => {
    expect(readObjects(['a = STRING: "x', "y", 'z"', "b = INTEGER: 1"], 2)).toMatchObject([
      { value: "x", lines: ['"x', "y", 'z"'] },
      { name: "b", value: "1" },
    ]);
  });

  it("ends at a quote that is not escaped", () => {
    const lines = ['a = STRING: "x\\"', '\\"', '\\\\"', "b = INTEGER: 1"];
    expect(readObjects(lines, 2)).toMatchObject([
      { value: 'x\\"', lines: ['"x\\"', '\\"', '\\\\"'] },
      { name: "b" },
    ]);
  });

  it("in hexadecimal ends the reading at its second line", () => {
    expect(readObjects(["a = Hex-STRING: 00 ", "01 ", "b = INTEGER: 1"], 2)).toHaveLength(1);
  });
});

it("further objects than were asked for are ignored", () => {
  expect(readObjects(["a = INTEGER: 1", "b = INTEGER: 2"], 1)).toHaveLength(1);
});
