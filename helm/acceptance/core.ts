import { existsSync, readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { grabJobs } from "../../bench/load/grabber.ts";
import { encodePacket, PACKET, packetReader } from "../../bench/load/packets.ts";
import { envelope, jobText, readResult } from "../../bench/load/payload.ts";

/**
 * What a core is to the pods of a release, in a pod beside them. Results go to a queue of its own: a real
 * core may take those of check_results.
 *
 *   node core.ts take              the next result, as text
 *   node core.ts load QUEUE        checks for a queue until the file END is there, and what came of them
 */
const RESULTS = "accept_results";
const END = "/tmp/end";
const EVERY_MS = 200;
/** Some take so long that they are under way when their pod is told to end. */
const LONG_SECONDS = 12;
/** For a result that comes late, and for a second one. */
const LATE_MS = 90_000;
const SECOND_MS = 2_000;

const [verb = "", queue = ""] = process.argv.slice(2);
const crypt = envelope(readFileSync("/etc/omd-worker/key/gearman.key", "utf8"));

function openConnection(): Promise<Socket> {
  const conf = readFileSync("/etc/omd-worker/conf/worker.conf", "utf8");
  const [, host = "", port = "4730"] = /^server=([^,:\n]+)(?::(\d+))?/m.exec(conf) ?? [];
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connect({ host, port: Number(port), noDelay: true }, () => resolve(socket));
  socket.on("error", reject);
  return promise;
}

async function take(): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  grabJobs(await openConnection(), RESULTS, (workload) => resolve(crypt.open(workload)));
  return promise;
}

function commandOf(job: number): string {
  if (job % 4 === 0) return `sleep ${LONG_SECONDS}; echo "OK %i"`;
  return job % 4 === 1 ? '/usr/bin/printf "OK %i"' : "/usr/lib/nagios/plugins/check_dummy 0 %i";
}

async function load(): Promise<object> {
  const results: { readonly job: number; readonly isGood: boolean }[] = [];
  grabJobs(await openConnection(), RESULTS, (workload) => {
    const { index: job, returnCode, output } = readResult(crypt.open(workload));
    results.push({ job, isGood: returnCode === 0 && output.trim() === `OK${job % 4 < 2 ? "" : ":"} ${job}` });
  });
  const submitting = await openConnection();
  let accepted = 0;
  const read = packetReader((type) => {
    if (type === PACKET.JOB_CREATED) accepted++;
  });
  submitting.on("data", read);
  let submitted = 0;
  for (; !existsSync(END); submitted++) {
    const text = jobText({ queue: "service", command: commandOf(submitted) }, submitted);
    const job = crypt.seal(text.replace("result_queue=check_results", `result_queue=${RESULTS}`));
    submitting.write(encodePacket(PACKET.SUBMIT_JOB_BG, queue, `accept-${submitted}`, job));
    await pause(EVERY_MS);
  }
  const late = performance.now() + LATE_MS;
  const distinct = () => new Set(results.map(({ job }) => job)).size;
  while (distinct() < submitted && performance.now() < late) await pause(EVERY_MS);
  await pause(SECOND_MS);
  return {
    submitted,
    accepted,
    results: results.length,
    distinct: distinct(),
    good: results.filter(({ isGood }) => isGood).length,
  };
}

process.stdout.write(verb === "load" ? JSON.stringify(await load()) : await take(), () => process.exit(0));
