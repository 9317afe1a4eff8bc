import { readFileSync } from "node:fs";

/** One packet as it was recorded between gearmand, Naemon's module and the C and Go workers. */
export interface Recorded {
  readonly from: string;
  readonly magic: "REQ" | "RES";
  readonly packet: string;
  readonly args: readonly string[];
}

/** Written down from the protocol's description, so that no test feeds on our own encoder. */
const NUMBERS: Readonly<Record<string, number>> = {
  CAN_DO: 1,
  PRE_SLEEP: 4,
  JOB_CREATED: 8,
  NO_JOB: 10,
  WORK_COMPLETE: 13,
  SUBMIT_JOB_BG: 18,
  GRAB_JOB_UNIQ: 30,
  JOB_ASSIGN_UNIQ: 31,
  SUBMIT_JOB_HIGH_BG: 32,
  SUBMIT_JOB_LOW_BG: 34,
  GRAB_JOB_ALL: 39,
};

export const RECORDED: readonly Recorded[] = readFileSync(
  new URL("../fixtures/gearman/wire.jsonl", import.meta.url),
  "utf8",
)
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line));

export function wireBytes({ magic, packet, args }: Pick<Recorded, "magic" | "packet" | "args">): Buffer {
  const body = Buffer.from(args.join("\0"), "latin1");
  const numbers = Buffer.alloc(8);
  numbers.writeUInt32BE(NUMBERS[packet] ?? -1, 0);
  numbers.writeUInt32BE(body.length, 4);
  return Buffer.concat([Buffer.from(`\0${magic}`, "latin1"), numbers, body]);
}
