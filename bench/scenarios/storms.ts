import { EXECUTING } from "./commands.ts";
import type { Line, Part } from "./line.ts";
import { WITH_NAMES } from "./slow-names.ts";

/** Many checks of one kind that arrive at the same moment. */
interface Storm extends Pick<Part, "command" | "output">, Pick<Line, "under"> {
  readonly name: string;
  readonly jobs: number;
}

const STORMS: readonly Storm[] = [
  {
    name: "storm-ssh",
    command: "{plugins}/check_by_ssh {coldssh} -C true -t 30",
    output: "^ok$",
    jobs: 600,
  },
  {
    name: "storm-snmp-v3",
    command:
      "{plugins}/check_snmp -H %a -p {snmp} -P 3 -L authPriv -U shaaes -a SHA -A authpass123 -x AES -X privpass123 " +
      "-o .1.3.6.1.2.1.1.3.0 -t 30",
    output: "^SNMP OK - ",
    jobs: 1_000,
  },
  {
    name: "storm-tls",
    command: "{plugins}/check_http -H 127.0.0.1 -p {tlspages} -S -t 30",
    output: "^HTTP OK: HTTP/1.1 200 OK",
    jobs: 1_000,
  },
  {
    name: "storm-icmp",
    command: "{plugins}/check_icmp -n 1 %a",
    output: "^OK - 127.1.[0-9.]+: rta ",
    jobs: 1_000,
  },
  {
    name: "storm-pages",
    command: "{plugins}/check_http -H 127.0.0.1 -p {largepages} -t 30",
    output: "^HTTP OK: HTTP/1.1 200 OK",
    jobs: 500,
  },
  {
    name: "storm-names",
    command: "{plugins}/check_tcp -H far%i.storm.test -p {tcp} -t 30",
    output: "^TCP OK - ",
    jobs: 1_000,
    under: WITH_NAMES,
  },
];

/** Checks that are quick by themselves, fifty of each a second. */
const QUICK: readonly Part[] = [
  { command: "{plugins}/check_dummy 0 ok", output: "^OK: ok$" },
  { command: "{plugins}/check_tcp -H 127.0.0.1 -p {tcp}", output: "^TCP OK - " },
].map((part) => ({ ...part, share: 1, queue: "service", isTimed: true }));

const LINE = { jobs: 1_000, rate: 100, warmUp: 200, hasLoopDelay: true } as const;

/** Each check of a storm has a slot, and the quick ones have these. */
const FREE_SLOTS = 100;

/** The scenario `storms`: quick checks all the time, and a storm that begins a second after them. */
export const STORM_LINES: readonly Line[] = STORMS.flatMap(({ name, jobs, under, ...asked }) => {
  const storm: Part = { ...asked, share: 0, queue: "service", isTimed: false, storm: jobs };
  const line = { ...LINE, mix: [...QUICK, storm], pool: jobs + FREE_SLOTS, ...(under && { under }) };
  return [
    { ...line, name, own: ["--native_checks=on"] },
    { ...line, name: `${name}-exec`, own: EXECUTING, isOwnOnly: true },
  ];
});
