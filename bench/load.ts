import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { getOneMessage, sendMessage } from "execa";
import { collect } from "./collector.ts";
import type { LoadOrder, LoadReport } from "./load-order.ts";
import { encodePacket, PACKET, packetReader } from "./packets.ts";
import { envelope, jobText, readResult } from "./payload.ts";

/*
 * The load of one measurement, a process of its own: what the worker under test does never delays it.
 * It reads its order from the command line, encodes all jobs, says that it is ready, waits for the word, submits,
 * collects and reports.
 */

const SAMPLE_LENGTH = 400;
/** At a fixed rate, jobs that are due are submitted this often. */
const TICK_MS = 1;
/** Without a result for so long, the rest is given up as lost. */
const GIVE_UP_MS = 20_000;

const order: LoadOrder = JSON.parse(process.argv[2] ?? "");
const { seal, open } = envelope(order.key);
const packets = Array.from({ length: order.jobs }, (_, index) => {
  const payload = seal(jobText(order.command, index));
  return encodePacket(PACKET.SUBMIT_JOB_BG, "service", `bench-${process.pid}-${index}`, payload);
});
const [submitting, collecting] = await Promise.all([dial(order.port), dial(order.port)]);

const go = getOneMessage();
await sendMessage("ready");
await go;
await sendMessage({ ...(await run()) });
submitting.destroy();
collecting.destroy();
process.disconnect();

async function dial(port: number): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  return socket;
}

async function run(): Promise<LoadReport> {
  const before = process.cpuUsage();
  const results = collectResults();
  const { sentAt, acceptedAfterMs } = submit();
  const { arrivedAt, wrong, sample } = await results;
  const arrived = [...arrivedAt.values()];
  const { user, system } = process.cpuUsage(before);
  return {
    results: arrived.length,
    wrong,
    sample,
    submitsPerSecond: (order.jobs / (await acceptedAfterMs)) * 1000,
    seconds: (Math.max(...arrived) - Math.min(...arrived)) / 1000,
    latenciesMs: [...arrivedAt].map(([index, at]) => at - (sentAt[index] ?? at)).sort((a, b) => a - b),
    cpuMs: (user + system) / 1000,
  };
}

/** Submits everything; `acceptedAfterMs` is when gearmand has answered for every job. */
function submit(): { readonly sentAt: readonly number[]; readonly acceptedAfterMs: Promise<number> } {
  const start = performance.now();
  const sentAt: number[] = [];
  const send = (until: number): void => {
    const due = packets.slice(sentAt.length, until);
    if (due.length === 0) return;
    submitting.write(Buffer.concat(due));
    const now = performance.now();
    for (const _ of due) sentAt.push(now);
  };
  const { rate } = order;
  if (rate === undefined) send(order.jobs);
  else {
    const ticks = setInterval(() => {
      send(Math.ceil(((performance.now() - start) * rate) / 1000));
      if (sentAt.length === order.jobs) clearInterval(ticks);
    }, TICK_MS);
  }
  const { promise, resolve } = Promise.withResolvers<number>();
  let accepted = 0;
  const read = packetReader((type, body) => {
    if (type === PACKET.ERROR) throw new Error(`gearmand: ${body.toString("latin1")}`);
    if (type === PACKET.JOB_CREATED) accepted++;
    if (accepted === order.jobs) resolve(performance.now() - start);
  });
  submitting.on("data", read);
  return { sentAt, acceptedAfterMs: promise };
}

interface Collected {
  readonly arrivedAt: ReadonlyMap<number, number>;
  readonly wrong: number;
  readonly sample: string | undefined;
}

/** Ends when every job has its result, or none comes any more. A second result for a job is wrong. */
function collectResults(): Promise<Collected> {
  const arrivedAt = new Map<number, number>();
  let wrong = 0;
  let sample: string | undefined;
  const { promise, resolve } = Promise.withResolvers<Collected>();
  const finish = (): void => {
    clearTimeout(giveUp);
    resolve({ arrivedAt, wrong, sample });
  };
  const giveUp = setTimeout(finish, GIVE_UP_MS);
  collect(collecting, "check_results", (workload) => {
    const text = open(workload);
    const { index, returnCode, output } = readResult(text);
    const isExpected = index < order.jobs && !arrivedAt.has(index);
    const isRight = returnCode === 0 && (order.output === undefined || output === order.output);
    if (isExpected) arrivedAt.set(index, performance.now());
    if (!(isExpected && isRight)) {
      wrong++;
      sample ??= text.slice(0, SAMPLE_LENGTH);
    }
    giveUp.refresh();
    if (arrivedAt.size === order.jobs) finish();
  });
  return promise;
}
