/**
 * The permitted sender of a packet: a worker or client (magic `\0REQ`), the job server (`\0RES`), or both.
 */
export type Direction = "to-server" | "from-server" | "both";

interface PacketType {
  readonly number: number;
  readonly direction: Direction;
  /** In the order on the wire. Only `workload` and `data` are bytes, and these always come last. */
  readonly arguments: readonly string[];
}

/** The Gearman protocol as gearmand 1.1.20 speaks it. Numbers 0 (text protocol) and 5 are not on the wire. */
export const PACKET_TYPES = {
  CAN_DO: { number: 1, direction: "to-server", arguments: ["queue"] },
  CANT_DO: { number: 2, direction: "to-server", arguments: ["queue"] },
  RESET_ABILITIES: { number: 3, direction: "to-server", arguments: [] },
  PRE_SLEEP: { number: 4, direction: "to-server", arguments: [] },
  NOOP: { number: 6, direction: "from-server", arguments: [] },
  SUBMIT_JOB: { number: 7, direction: "to-server", arguments: ["queue", "unique", "workload"] },
  JOB_CREATED: { number: 8, direction: "from-server", arguments: ["handle"] },
  GRAB_JOB: { number: 9, direction: "to-server", arguments: [] },
  NO_JOB: { number: 10, direction: "from-server", arguments: [] },
  JOB_ASSIGN: { number: 11, direction: "from-server", arguments: ["handle", "queue", "workload"] },
  WORK_STATUS: { number: 12, direction: "both", arguments: ["handle", "numerator", "denominator"] },
  WORK_COMPLETE: { number: 13, direction: "both", arguments: ["handle", "data"] },
  WORK_FAIL: { number: 14, direction: "both", arguments: ["handle"] },
  GET_STATUS: { number: 15, direction: "to-server", arguments: ["handle"] },
  ECHO_REQ: { number: 16, direction: "to-server", arguments: ["data"] },
  ECHO_RES: { number: 17, direction: "from-server", arguments: ["data"] },
  SUBMIT_JOB_BG: { number: 18, direction: "to-server", arguments: ["queue", "unique", "workload"] },
  ERROR: { number: 19, direction: "from-server", arguments: ["code", "text"] },
  STATUS_RES: {
    number: 20,
    direction: "from-server",
    arguments: ["handle", "known", "running", "numerator", "denominator"],
  },
  SUBMIT_JOB_HIGH: { number: 21, direction: "to-server", arguments: ["queue", "unique", "workload"] },
  SET_CLIENT_ID: { number: 22, direction: "to-server", arguments: ["clientId"] },
  CAN_DO_TIMEOUT: { number: 23, direction: "to-server", arguments: ["queue", "timeout"] },
  ALL_YOURS: { number: 24, direction: "to-server", arguments: [] },
  WORK_EXCEPTION: { number: 25, direction: "both", arguments: ["handle", "data"] },
  OPTION_REQ: { number: 26, direction: "to-server", arguments: ["option"] },
  OPTION_RES: { number: 27, direction: "from-server", arguments: ["option"] },
  WORK_DATA: { number: 28, direction: "both", arguments: ["handle", "data"] },
  WORK_WARNING: { number: 29, direction: "both", arguments: ["handle", "data"] },
  GRAB_JOB_UNIQ: { number: 30, direction: "to-server", arguments: [] },
  JOB_ASSIGN_UNIQ: {
    number: 31,
    direction: "from-server",
    arguments: ["handle", "queue", "unique", "workload"],
  },
  SUBMIT_JOB_HIGH_BG: { number: 32, direction: "to-server", arguments: ["queue", "unique", "workload"] },
  SUBMIT_JOB_LOW: { number: 33, direction: "to-server", arguments: ["queue", "unique", "workload"] },
  SUBMIT_JOB_LOW_BG: { number: 34, direction: "to-server", arguments: ["queue", "unique", "workload"] },
  SUBMIT_JOB_SCHED: {
    number: 35,
    direction: "to-server",
    arguments: ["queue", "unique", "minute", "hour", "dayOfMonth", "month", "dayOfWeek", "workload"],
  },
  SUBMIT_JOB_EPOCH: {
    number: 36,
    direction: "to-server",
    arguments: ["queue", "unique", "epoch", "workload"],
  },
  SUBMIT_REDUCE_JOB: {
    number: 37,
    direction: "to-server",
    arguments: ["queue", "unique", "reducer", "unused", "workload"],
  },
  SUBMIT_REDUCE_JOB_BACKGROUND: {
    number: 38,
    direction: "to-server",
    arguments: ["queue", "unique", "reducer", "unused", "workload"],
  },
  GRAB_JOB_ALL: { number: 39, direction: "to-server", arguments: [] },
  JOB_ASSIGN_ALL: {
    number: 40,
    direction: "from-server",
    arguments: ["handle", "queue", "unique", "reducer", "workload"],
  },
  GET_STATUS_UNIQUE: { number: 41, direction: "to-server", arguments: ["unique"] },
  STATUS_RES_UNIQUE: {
    number: 42,
    direction: "from-server",
    arguments: ["unique", "known", "running", "numerator", "denominator", "clients"],
  },
} as const satisfies Readonly<Record<string, PacketType>>;

export type PacketName = keyof typeof PACKET_TYPES;

const NAMES: ReadonlyMap<number, PacketName> = new Map(
  (Object.keys(PACKET_TYPES) as PacketName[]).map((name) => [PACKET_TYPES[name].number, name]),
);

export function packetName(number: number): PacketName | undefined {
  return NAMES.get(number);
}
