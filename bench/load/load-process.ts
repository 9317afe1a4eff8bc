import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { getOneMessage, sendMessage } from "execa";
import { mixer } from "./mix.ts";
import type { LoadOrder, LoadReport } from "./order.ts";
import { encodePacket, PACKET } from "./packets.ts";
import { envelope, jobText } from "./payload.ts";
import { percentiles } from "./percentiles.ts";
import { collectResults } from "./results.ts";
import { submit } from "./submission.ts";

/*
 * The load of one measurement. It is a process of its own, so that the worker under test never delays it. It
 * reads its order from the command line, encodes all jobs and says that it is ready. When it is told to go,
 * it submits the jobs, collects the results and reports.
 */

const order: LoadOrder = JSON.parse(process.argv[2] ?? "");
const crypt = envelope(order.key);
const partOf = mixer(order.mix);
const packets = Array.from({ length: order.jobs }, (_, index) => {
  const part = partOf(index);
  const payload = crypt.seal(jobText(part, index));
  return encodePacket(PACKET.SUBMIT_JOB_BG, part.queue, `bench-${process.pid}-${index}`, payload);
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
  const collected = collectResults(collecting, { jobs: order.jobs, partOf, open: crypt.open });
  const { sentAt, acceptedAfterMs } = submit(submitting, packets, order.rate);
  const { arrivedAt, wrong, sample } = await collected;
  const arrivals = [...arrivedAt.values()];
  const timed = [...arrivedAt].filter(([index]) => partOf(index).isTimed);
  const { user, system } = process.cpuUsage(before);
  return {
    results: arrivals.length,
    wrong,
    sample,
    submitsPerSecond: (order.jobs / (await acceptedAfterMs)) * 1000,
    seconds: ((arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0)) / 1000,
    latencyMs: percentiles(timed.map(([index, at]) => at - (sentAt[index] ?? at))),
    cpuMs: (user + system) / 1000,
  };
}
