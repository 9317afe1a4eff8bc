import { describe, expect, it } from "vitest";
import { readObjectsCache } from "../../../src/survey/site/objects-cache.ts";
import { readMainConfig, readResources } from "../../../src/survey/site/settings-files.ts";
import { readRecordedSite } from "../recorded-site.ts";

const HINT = "(name the objects.cache that the core has written; it is whole once the core has started)";

describe("objects.cache", () => {
  it("is read with all objects of the recorded site", () => {
    const { hosts, services, commands, hostGroups, serviceGroups } = readRecordedSite();
    expect([hosts, commands, hostGroups, serviceGroups].map(({ size }) => size)).toEqual([35, 61, 10, 4]);
    expect(services).toHaveLength(281);
  });

  it("keeps ; and \\ in values, and tabs inside of them", () => {
    const text = "# c\ndefine host {\n\talias\ta;b\tc \\\n\tnotes\n\t}\r\n";
    const [host] = readObjectsCache(text, "f");
    expect([...(host?.values ?? [])]).toEqual([
      ["alias", "a;b\tc \\"],
      ["notes", ""],
    ]);
  });

  it.each([
    ["no define", "host_name x\n", "f:1: expected: define KIND {"],
    ["an end too early", "\ndefine host {\n\thost_name\tx\n", "f:2: the file ends in this host"],
    [
      "an object in another",
      "define host {\ndefine host {\n",
      "f:2: a new object begins in the host of line 1",
    ],
  ])("with %s is refused, with the line", (_, text, message) => {
    expect(() => readObjectsCache(text, "f")).toThrow(`${message} ${HINT}`);
  });
});

it("resource.cfg gives all behind the first =, without blanks around the line", () => {
  const text = "# $USER9$=no\n $USER1$=a=b;c#d \r\n#$USER2$=x\n$USER3$ = y z\n";
  expect([...readResources(text)]).toEqual([
    [1, "a=b;c#d"],
    [3, "y z"],
  ]);
});

it("naemon.cfg gives its keys, the last value of each", () => {
  expect([...readMainConfig("#a=1\ncfg_dir=x\ncfg_dir = y\nno value\n")]).toEqual([["cfg_dir", "y"]]);
});
