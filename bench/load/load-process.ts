import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { getOneMessage, sendMessage } from "execa";
import { mixer } from "./mix.ts";
import type { LoadOrder, LoadReport } from "./order.ts";
import { encodePacket, PACKET } from "./packets.ts";
import { envelope, jobText } from "./payload.ts";
import { percentiles } from "./percentiles.ts";
import { collectResults } from "./results.ts";
import { submit, submitLater } from "./submission.ts";

/*
 * The load of one measurement. It is a process of its own, so that the worker under test never delays it. It
 * reads its order from the command line, encodes all jobs and says that it is ready. When it is told to go,
 * it submits the jobs, collects the results and reports.
 */

/** The storm begins when the quick jobs have run for so long. */
const CALM_MS = 1_000;

const order: LoadOrder = JSON.parse(process.argv[2] ?? "");
const crypt = envelope(order.key);
const quickPartOf = mixer(order.mix.filter(({ storm }) => storm === undefined));
const { jobs, storm } = order;
const partOf = (index: number) => (storm !== undefined && index >= jobs ? storm.part : quickPartOf(index));
const packets = encodeJobs(0, jobs);
const stormPackets = encodeJobs(jobs, storm?.jobs ?? 0);
const [submitting, collecting, storming] = await Promise.all([dial(), dial(), dial()]);

const go = getOneMessage();
await sendMessage("ready");
await go;
await sendMessage({ ...(await run()) });
for (const socket of [submitting, collecting, storming]) socket.destroy();
process.disconnect();

function encodeJobs(first: number, count: number): readonly Buffer[] {
  return Array.from({ length: count }, (_, at) => {
    const index = first + at;
    const part = partOf(index);
    const payload = crypt.seal(jobText(part, index));
    return encodePacket(PACKET.SUBMIT_JOB_BG, part.queue, `bench-${process.pid}-${index}`, payload);
  });
}

async function dial(): Promise<Socket> {
  const socket = connect({ port: order.port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  return socket;
}

async function run(): Promise<LoadReport> {
  const before = process.cpuUsage();
  const all = jobs + stormPackets.length;
  const collected = collectResults(collecting, { jobs: all, partOf, open: crypt.open });
  const { sentAt, acceptedAfterMs } = submit(submitting, packets, order.rate);
  const stormAt = storm && submitLater(storming, stormPackets, CALM_MS);
  const { arrivedAt, wrong, sample } = await collected;
  const arrivals = [...arrivedAt.values()];
  const timed = [...arrivedAt].filter(([index]) => partOf(index).isTimed);
  const stormed = [...arrivedAt].filter(([index]) => index >= jobs).map(([, at]) => at);
  const { user, system } = process.cpuUsage(before);
  return {
    results: arrivals.length,
    wrong,
    sample,
    submitsPerSecond: (jobs / (await acceptedAfterMs)) * 1000,
    seconds: ((arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0)) / 1000,
    latencyMs: percentiles(timed.map(([index, at]) => at - (sentAt[index] ?? at))),
    stormSeconds: stormAt && ((stormed.at(-1) ?? Number.NaN) - (await stormAt)) / 1000,
    cpuMs: (user + system) / 1000,
  };
}
