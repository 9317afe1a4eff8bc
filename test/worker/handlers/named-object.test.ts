import { describe, expect, it } from "vitest";
import { findNamedObject } from "../../../src/worker/handlers/named-object.ts";
import { fieldsOf, recordedEvents } from "../../support/mod-gearman/recorded.ts";

describe("an event handler is for the host and the service that it names", () => {
  it.each([
    [
      "/p/x --host=web1 --service='My Disk /' --state=CRITICAL --state-type=HARD --attempt=3",
      ["web1", "My Disk /", "CRITICAL", "HARD", 3],
    ],
    ["/p/x -H web1 --service http CRITICAL SOFT 1", ["web1", "http", "CRITICAL", "SOFT", 1]],
    [
      'NAGIOS_HOSTNAME=web1 NAGIOS_SERVICEDESC="a b" NAGIOS_SERVICESTATE=OK NAGIOS_SERVICEATTEMPT=2 /p/x',
      ["web1", "a b", "OK", undefined, 2],
    ],
    ["/p/x DOWN HARD 5 10.0.0.1", [undefined, undefined, "DOWN", "HARD", 5]],
    ["/p/x UP SOFT", [undefined, undefined, "UP", "SOFT", undefined]],
    [
      "/p/x 'it is CRITICAL' constructor=1 --toString",
      [undefined, undefined, undefined, undefined, undefined],
    ],
    ["echo event >>/tmp/x --host=a | cat", ["a", undefined, undefined, undefined, undefined]],
    ["/p/x --host= --host=b", ["b", undefined, undefined, undefined, undefined]],
    ["", [undefined, undefined, undefined, undefined, undefined]],
  ])("%s", (line, expected) => {
    const { host, service, state, stateType, attempt } = findNamedObject(line);
    expect([host, service, state, stateType, attempt]).toEqual(expected);
  });

  it("in a line that a real Naemon has made, as far as its words are the usual ones", () => {
    const [event] = recordedEvents().filter(({ queue }) => queue === "eventhandler");
    const line = event === undefined ? "" : (fieldsOf(event).get("command_line") ?? "");
    expect(line).toContain("ev_log host");
    expect(findNamedObject(line)).toMatchObject({ state: "DOWN", stateType: "SOFT", attempt: 1 });
  });

  it("has a name of bounded length", () => {
    expect(findNamedObject(`/p/x --host=${"h".repeat(10_000)}`).host).toHaveLength(255);
  });
});
