import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { findMissingPingRight } from "../../../plugins/icmp/ping-right.ts";

const MISSING = "no right to send pings (net.ipv4.ping_group_range, CAP_NET_RAW)";
const NET_RAW = "0000000000002000";
const ALL_BUT_NET_RAW = "000001ffffffdfff";
const NONE = "0000000000000000";

interface StatusFields {
  readonly uid?: number;
  readonly gid?: number;
  readonly groups?: string;
  readonly ambient?: string;
  readonly bounding?: string;
  readonly permitted?: string;
}

/** The lines of /proc/self/status that count, among others. */
function statusOf(fields: StatusFields): string {
  const { uid = 999, gid = 999, groups = "", ambient = NONE, bounding = NONE, permitted = NONE } = fields;
  return [
    "Name:\tnode",
    `Uid:\t${uid}\t${uid}\t${uid}\t${uid}`,
    `Gid:\t${gid}\t${gid}\t${gid}\t${gid}`,
    `Groups:\t${groups}`,
    `CapInh:\t${NONE}`,
    `CapPrm:\t${permitted}`,
    `CapEff:\t${permitted}`,
    `CapBnd:\t${bounding}`,
    `CapAmb:\t${ambient}`,
    "",
  ].join("\n");
}

describe("the right to send pings", () => {
  it.each<[string, string, StatusFields]>([
    ["no group is within an empty range", "1\t0\n", { gid: 0, bounding: NET_RAW }],
    ["all groups are outside the range", "1000\t2000\n", { gid: 999, groups: "998 2001 " }],
    ["only node itself has the capability", "1\t0\n", { permitted: NET_RAW, bounding: NET_RAW }],
    ["root's bounding set lacks the capability", "1\t0\n", { uid: 0, gid: 0, bounding: ALL_BUT_NET_RAW }],
  ])("is missing when %s", (_, groupRange, fields) => {
    expect(findMissingPingRight({ groupRange, status: statusOf(fields) })).toBe(MISSING);
  });

  it.each<[string, string, StatusFields]>([
    ["the group is within the range", "0\t2147483647\n", {}],
    ["one of the other groups is", "2000\t2000\n", { groups: "998 2000 " }],
    ["programs inherit the capability", "1\t0\n", { ambient: NET_RAW }],
    ["root starts them", "1\t0\n", { uid: 0, bounding: "000001ffffffffff" }],
  ])("is there when %s", (_, groupRange, fields) => {
    expect(findMissingPingRight({ groupRange, status: statusOf(fields) })).toBeUndefined();
  });

  it("is not doubted where the kernel does not say", () => {
    expect(findMissingPingRight({ groupRange: undefined, status: statusOf({}) })).toBeUndefined();
    expect(findMissingPingRight({ groupRange: "1\t0\n", status: undefined })).toBeUndefined();
  });
});

/** Asks the kernel, as icmp.pl does. IPPROTO_ICMP is 1. */
const PROBE = "use Socket; exit !(socket(S, AF_INET, SOCK_DGRAM, 1) || socket(S, AF_INET, SOCK_RAW, 1))";
const GROUP_RANGE = "/proc/sys/net/ipv4/ping_group_range";
const NOBODY = ["--reuid=65534", "--regid=65534", "--clear-groups"];
const maySetIdentity = spawnSync("setpriv", [...NOBODY, "true"]).status === 0;

describe.runIf(existsSync(GROUP_RANGE))(
  "what is said of the right to send pings agrees with the kernel",
  () => {
    const agree = (command: string, ...argv: readonly string[]) => {
      const kernel = spawnSync(command, [...argv, "perl", "-e", PROBE]).status;
      const status = spawnSync(command, [...argv, "cat", "/proc/self/status"], { encoding: "latin1" }).stdout;
      const missing = findMissingPingRight({ groupRange: readFileSync(GROUP_RANGE, "latin1"), status });
      expect(missing).toBe(kernel === 0 ? undefined : MISSING);
    };

    it("for this process", () => agree("env"));

    it.runIf(maySetIdentity).each<[string, readonly string[]]>([
      ["root without the capability", ["--bounding-set=-net_raw"]],
      ["another user", NOBODY],
      ["another user who has it", [...NOBODY, "--inh-caps=+net_raw", "--ambient-caps=+net_raw"]],
    ])("for %s", (_, options) => agree("setpriv", ...options));
  },
);
