import { describe, expect, it } from "vitest";
import {
  acknowledgeCommand,
  downtimeCommand,
  recheckCommand,
  removeDowntimeCommand,
  unacknowledgeCommand,
} from "../../../integrations/backends/commands/external-command.ts";

const AT = 1_764_144_000.9;
const SERVICE = { host: "web1", service: "Disk C:\\ & Größe" };
const HOST = { host: "web1" };
const WISH = { author: "Mücke", comment: "seen", isSticky: true };
const PLAN = {
  author: "Mücke",
  comment: "seen",
  marker: "seen",
  startsAt: 1_764_144_000,
  endsAt: 1_764_147_600,
};
const DOWNTIME = { id: "17", author: "", comment: "", endsAt: 0 };

describe("external commands", () => {
  it.each([
    [
      acknowledgeCommand(AT, SERVICE, WISH),
      "ACKNOWLEDGE_SVC_PROBLEM;web1;Disk C:\\ & Größe;2;0;0;Mücke;seen",
    ],
    [
      acknowledgeCommand(AT, HOST, { ...WISH, isSticky: false }),
      "ACKNOWLEDGE_HOST_PROBLEM;web1;0;0;0;Mücke;seen",
    ],
    [
      acknowledgeCommand(AT, HOST, { ...WISH, expiresAt: 1_764_150_000 }),
      "ACKNOWLEDGE_HOST_PROBLEM_EXPIRE;web1;2;0;0;1764150000;Mücke;seen",
    ],
    [unacknowledgeCommand(AT, SERVICE), "REMOVE_SVC_ACKNOWLEDGEMENT;web1;Disk C:\\ & Größe"],
    [unacknowledgeCommand(AT, HOST), "REMOVE_HOST_ACKNOWLEDGEMENT;web1"],
    [
      downtimeCommand(AT, SERVICE, PLAN),
      "SCHEDULE_SVC_DOWNTIME;web1;Disk C:\\ & Größe;1764144000;1764147600;1;0;3600;Mücke;seen",
    ],
    [
      downtimeCommand(AT, HOST, PLAN),
      "SCHEDULE_HOST_DOWNTIME;web1;1764144000;1764147600;1;0;3600;Mücke;seen",
    ],
    [removeDowntimeCommand(AT, SERVICE, DOWNTIME), "DEL_SVC_DOWNTIME;17"],
    [removeDowntimeCommand(AT, HOST, DOWNTIME), "DEL_HOST_DOWNTIME;17"],
    [recheckCommand(AT, SERVICE), "SCHEDULE_FORCED_SVC_CHECK;web1;Disk C:\\ & Größe;1764144000"],
    [recheckCommand(AT, HOST), "SCHEDULE_FORCED_HOST_CHECK;web1;1764144000"],
  ])("%s", (line, expected) => {
    expect(line).toBe(`[1764144000] ${expected}`);
  });

  it.each(["a\n[1] SHUTDOWN_PROGRAM", "a\r\n[1] SHUTDOWN_PROGRAM", "a\0b", "a\u0085b"])(
    "stay one line whatever people write: %j",
    (text) => {
      const line = acknowledgeCommand(AT, HOST, { ...WISH, author: text, comment: text });
      expect(line).not.toMatch(/\p{Cc}/u);
      expect(line.split(";")).toHaveLength(7);
    },
  );

  it("have no semicolon in author and comment, which would begin the next word", () => {
    const line = acknowledgeCommand(AT, HOST, { ...WISH, author: "a;1;0", comment: "b;c" });
    expect(line).toBe("[1764144000] ACKNOWLEDGE_HOST_PROBLEM;web1;2;0;0;a,1,0;b,c");
  });
});
