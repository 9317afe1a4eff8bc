import type { Socket } from "node:net";
import type { Part } from "../scenarios/line.ts";
import { grabJobs } from "./grabber.ts";
import { type Envelope, readResult } from "./payload.ts";

/** When no result has come for so long, the missing ones are lost. */
const GIVE_UP_MS = 20_000;
const SAMPLE_LENGTH = 400;

export interface Collected {
  /** When the result of each job arrived, by the index of the job, in the order of arrival. */
  readonly arrivedAt: ReadonlyMap<number, number>;
  readonly wrong: number;
  readonly sample: string | undefined;
}

export interface Expected {
  readonly jobs: number;
  readonly partOf: (index: number) => Part;
  readonly open: Envelope["open"];
}

/** Ends when every job has its result, or when no more results come. A second result for a job is wrong. */
export function collectResults(socket: Socket, { jobs, partOf, open }: Expected): Promise<Collected> {
  const arrivedAt = new Map<number, number>();
  let wrong = 0;
  let sample: string | undefined;
  const { promise, resolve } = Promise.withResolvers<Collected>();
  const finish = (): void => {
    clearTimeout(giveUp);
    resolve({ arrivedAt, wrong, sample });
  };
  const giveUp = setTimeout(finish, GIVE_UP_MS);
  const isRight = (text: string): boolean => {
    const { index, returnCode, output } = readResult(text);
    if (!(index >= 0 && index < jobs) || arrivedAt.has(index)) return false;
    arrivedAt.set(index, performance.now());
    const expected = partOf(index);
    return returnCode === (expected.returnCode ?? 0) && new RegExp(expected.output ?? "").test(output);
  };
  grabJobs(socket, "check_results", (workload) => {
    const text = open(workload);
    if (!isRight(text)) {
      wrong++;
      sample ??= text.slice(0, SAMPLE_LENGTH);
    }
    giveUp.refresh();
    if (arrivedAt.size === jobs) finish();
  });
  return promise;
}
