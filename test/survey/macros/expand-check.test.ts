import { describe, expect, it } from "vitest";
import { fromByteString, toByteString } from "../../../src/byte-string.ts";
import { expandCheck } from "../../../src/survey/macros/expand-check.ts";
import { createSite, type Site } from "../../../src/survey/site/site.ts";
import { type RecordedLine, readRecordedLines, readRecordedSite } from "../recorded-site.ts";

describe.each([
  ["expanded.jsonl", 310, 4],
  ["inactive.jsonl", 5, 1],
])("every line of %s", (name, count, ofTheMoment) => {
  const site = readRecordedSite();
  const lines = readRecordedLines(name);

  it("that does not hold values of the moment is made as Naemon makes it", () => {
    const lasting = lines.filter((line) => !line.volatile);
    const made = lasting.map((line) => ({ ...line, command_line: expand(site, line)?.commandLine }));
    expect(made).toEqual(lasting);
    expect(lasting).toHaveLength(count - ofTheMoment);
  });

  it("that holds values of the moment is told to do so, and no other", () => {
    const told = lines.filter((line) => expand(site, line)?.isVolatile);
    expect(told).toEqual(lines.filter((line) => line.volatile));
    expect(told).toHaveLength(ofTheMoment);
  });
});

function expand(site: Site, line: RecordedLine) {
  const host = site.hosts.get(toByteString(line.host));
  if (host === undefined) throw new Error(`no host ${line.host}`);
  const description = line.service === null ? undefined : toByteString(line.service);
  const service = description === undefined ? undefined : site.findService(host.name, description);
  const expanded = expandCheck({ host, service }, site);
  return expanded && { ...expanded, commandLine: fromByteString(expanded.commandLine) };
}

describe("a command line", () => {
  it.each([
    ["an argument's macros are replaced in order", "x!$ARG2$|!b$ARG1$", "$ARG1$-$ARG2$", "|-b|"],
    ["what is inserted is not looked at again", "x!$_HOSTURL$", "$ARG1$", "https://$HOSTADDRESS$/"],
    ["two dollars are one", "x!a$$b", "$ARG1$ $$HOME", "a$b $HOME"],
    [
      "a lone dollar turns text and macros around",
      "x",
      "$1} $HOSTNAME$ $HOSTNAME$",
      "$1} $HOSTNAME$ $HOSTNAME$",
    ],
    ["a lone dollar at the end stays", "x", "a 5$", "a 5$"],
    ["an escaped ! is no delimiter", "x!a\\!b!c", "$ARG1$,$ARG2$", "a!b,c"],
    ["a number is read as atoi does", "x!a", "$ARG1x$ $ARG0$ $ARG33$ $ARGH$", "a $ARG0$ $ARG33$ $ARGH$"],
    [
      "a variable of another host",
      "x",
      "$_HOSTURL:h2$ $HOSTNAME:h2$ $HOSTNAME:h3$",
      "other h2 $HOSTNAME:h3$",
    ],
    ["variables of a group's hosts", "x", "$_HOSTURL:g:;$", "https://$HOSTADDRESS$/;other"],
    [
      "the groups of a host, last first",
      "x",
      "$HOSTGROUPNAMES$ $HOSTGROUPNAME$ $HOSTGROUPALIAS:g$",
      "g2,g g2 G",
    ],
    [
      "a service's macro has no meaning for a host",
      "x",
      "$SERVICEDESC$ $_SERVICEX$",
      "$SERVICEDESC$ $_SERVICEX$",
    ],
    ["notes lose characters, a name does not", "x", "$HOSTNOTES$ $HOSTALIAS$", "ab a&b"],
    ["a URL is encoded where macros are", "x", "$HOSTNOTESURL$", "http://w/a&b?a%26b"],
  ])("%s", (_, call, line, expected) => {
    expect(expandOne(call, line)).toBe(expected);
  });

  it("is not made without a command", () => {
    expect(expandOne("unknown!a", "x")).toBeUndefined();
  });
});

function expandOne(call: string, line: string): string | undefined {
  const object = (kind: string, values: Readonly<Record<string, string>>) => ({
    kind,
    values: new Map(Object.entries(values)),
  });
  const urls = { notes: "a&b", alias: "a&b", notes_url: "http://w/a&b?$HOSTALIAS$" };
  const site = createSite({
    objects: [
      object("command", { command_name: "x", command_line: line }),
      object("host", { host_name: "h", check_command: call, _URL: "https://$HOSTADDRESS$/", ...urls }),
      object("host", { host_name: "h2", _URL: "other" }),
      object("hostgroup", { hostgroup_name: "g", alias: "G", members: "h,h2" }),
      object("hostgroup", { hostgroup_name: "g2", members: "h" }),
    ],
    users: new Map(),
    main: new Map(),
  });
  const host = site.hosts.get("h");
  return host && expandCheck({ host, service: undefined }, site)?.commandLine;
}
