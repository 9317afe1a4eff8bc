import { describe, expect, it } from "vitest";
import {
  type Asker,
  type PermissionRule,
  permit,
  type Wish,
} from "../../../../integrations/zulip/bot/permissions.ts";

const ASKER: Asker = {
  userId: 7,
  email: "anna@example.org",
  role: 400,
  groups: ["on call"],
  isBot: false,
  stream: "icinga",
};
const ACK: Wish = { verb: "acknowledge", target: { host: "db1", service: "http" }, seconds: undefined };
const DOWNTIME: Wish = { ...ACK, verb: "downtime", seconds: 8 * 3_600 };

describe("who may do what", () => {
  it.each<[string, PermissionRule[], Wish, boolean]>([
    ["nothing without a rule", [], ACK, false],
    ["everything by a rule without parts", [{ allow: true }], DOWNTIME, true],
    ["in a stream", [{ allow: true, streams: ["icinga"] }], ACK, true],
    ["not in another stream", [{ allow: true, streams: ["general"] }], ACK, false],
    ["a user by address", [{ allow: true, users: ["anna@example.org"] }], ACK, true],
    ["a user by number", [{ allow: true, users: ["7"] }], ACK, true],
    ["no other user", [{ allow: true, users: ["eve@example.org"] }], ACK, false],
    ["a group", [{ allow: true, groups: ["managers", "on call"] }], ACK, true],
    ["not another group", [{ allow: true, groups: ["managers"] }], ACK, false],
    ["a role and those above it", [{ allow: true, role: 400 }], ACK, true],
    ["no lower role", [{ allow: true, role: 200 }], ACK, false],
    ["a verb", [{ allow: true, verbs: ["acknowledge"] }], ACK, true],
    ["no other verb", [{ allow: true, verbs: ["acknowledge"] }], DOWNTIME, false],
    ["a host", [{ allow: true, hosts: ["db*"] }], ACK, true],
    ["no other host", [{ allow: true, hosts: ["web*"] }], ACK, false],
    [
      "no wish without a host, by a rule for hosts",
      [{ allow: true, hosts: ["*"] }],
      { ...ACK, target: undefined },
      false,
    ],
    ["what the first rule that fits says", [{ allow: false, hosts: ["DB?"] }, { allow: true }], ACK, false],
    ["only where all parts fit", [{ allow: true, groups: ["on call"], verbs: ["status"] }], ACK, false],
  ])("%s", (_, rules, wish, isAllowed) => {
    expect(permit(ASKER, wish, rules).kind).toBe(isAllowed ? "allowed" : "refused");
  });

  it("no downtime that is longer than the rule lets it be, whatever later rules say", () => {
    const rules = [{ allow: true, maxSeconds: 3_600 }, { allow: true }];
    expect(permit(ASKER, DOWNTIME, rules)).toEqual({ kind: "too-long", maxSeconds: 3_600 });
    expect(permit(ASKER, { ...DOWNTIME, seconds: 3_600 }, rules)).toEqual({ kind: "allowed" });
  });

  it("nothing at all for bots, and help for everybody else", () => {
    const help: Wish = { verb: "help", target: undefined, seconds: undefined };
    expect(permit({ ...ASKER, isBot: true }, help, [{ allow: true }])).toEqual({ kind: "refused" });
    expect(permit(ASKER, help, [])).toEqual({ kind: "allowed" });
  });
});
