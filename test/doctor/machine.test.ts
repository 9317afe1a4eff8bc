import { expect, it } from "vitest";
import { exitCodeOf } from "../../src/doctor/finding.ts";
import { examineMachine, type MachineFacts, readMachineFacts } from "../../src/doctor/machine.ts";

const LIMITS =
  "Max processes             31000                31000                processes\nMax open files            1024                 4096                 files\n";
const FINE: MachineFacts = {
  limits: LIMITS,
  memoryLimit: Number.POSITIVE_INFINITY,
  hasShm: true,
  whyNoPings: undefined,
};

function worries(facts: Partial<MachineFacts>, maxWorker = 10): readonly string[] {
  const found = examineMachine({ ...FINE, ...facts }, { maxWorker });
  return found.filter(({ severity }) => severity !== "fine").map(({ about, text }) => `${about}: ${text}`);
}

it.each<[string, readonly string[], readonly string[]]>([
  ["nothing", worries({}), []],
  ["few files", worries({}, 1000), ["limits: open files: 1024, and max_worker may need 4256"]],
  ["little memory", worries({ memoryLimit: 1_048_576 }), ["memory: the cgroup may have 1048576 bytes"]],
  ["no /dev/shm", worries({ hasShm: false }), ["shm: /dev/shm cannot be written"]],
  ["no pings", worries({ whyNoPings: "no right to send pings" }), ["ping: no right to send pings"]],
  ["nothing of limits that cannot be read", worries({ limits: undefined, memoryLimit: undefined }), []],
])("doctor warns of %s", (_, found, expected) => {
  expect(found).toEqual(expected);
});

it("doctor says what lets a unit and a container send pings", () => {
  const [ping] = examineMachine({ ...FINE, whyNoPings: "no right to send pings" }, { maxWorker: 10 });
  expect(ping?.advice).toContain("AmbientCapabilities=CAP_NET_RAW");
  expect(ping?.advice).toContain('--sysctl net.ipv4.ping_group_range="0 2147483647"');
});

it("doctor reads the facts of this machine", () => {
  expect(readMachineFacts(undefined).limits).toContain("Max open files");
});

it("doctor's exit code is that of the worst", () => {
  const finding = (severity: "fine" | "warning" | "error") =>
    ({ about: "config", severity, text: "x" }) as const;
  expect(exitCodeOf([finding("fine")])).toBe(0);
  expect(exitCodeOf([finding("warning"), finding("fine")])).toBe(1);
  expect(exitCodeOf([finding("warning"), finding("error")])).toBe(2);
});
