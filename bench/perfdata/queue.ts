import { readStatus } from "../../src/gearman/admin.ts";
import { Submitter } from "../../src/gearman/submitter.ts";
import { createEnvelope } from "../../src/payload/crypt.ts";
import { keyFromPassword } from "../../src/payload/key.ts";
import { serviceRecord } from "../../test/support/perfdata/records.ts";

export const KEY = "only for the benchmark of perfdata";

const TIME = 1_700_000_000;
const QUIET = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };
const AT_ONCE = 2000;

/** As many services as a large site has. Each gets a record a minute. */
export const SERVICES = 11_000;
const HOSTS = 1750;

/** Record number `at`, with two values that tell which it is. */
export function record(at: number): string {
  const service = at % SERVICES;
  const time = TIME + 60 * Math.floor(at / SERVICES);
  const perfdata = `rta=${at};1000;5000;0; pl=${at / 8}%;20;60;;100`;
  return serviceRecord({ host: `host${service % HOSTS}`, service: `service ${service}`, time, perfdata });
}

/** The value that the database has to have of a service at a time in milliseconds. */
export function expectedValue(label: string, service: string, timeMs: number): number {
  const at = Number(service.split(" ")[1]) + (SERVICES * (timeMs / 1000 - TIME)) / 60;
  return label === "rta" ? at : at / 8;
}

export interface Filling {
  readonly from?: number;
  readonly to: number;
  readonly encryption: boolean;
}

/** Puts records into the queue, a job each, as the core's module does. */
export async function fillQueue(port: number, { from = 0, to, encryption }: Filling): Promise<void> {
  const { seal } = createEnvelope({ encryption, key: keyFromPassword(Buffer.from(KEY)) });
  const connected = Promise.withResolvers<void>();
  const client = new Submitter({
    server: { host: "127.0.0.1", port },
    log: QUIET,
    onState: (state) => state === "connected" && connected.resolve(),
  });
  client.start();
  await connected.promise;
  for (let at = from; at < to; at += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, to - at) }, (_, index) => record(at + index));
    await Promise.all(
      some.map((text) => client.submit({ queue: "perfdata", unique: "", workload: seal(text) })),
    );
  }
  await client.stop();
}

/** Jobs that are not completed. */
export async function countJobs(port: number): Promise<number> {
  const queues = await readStatus({ host: "127.0.0.1", port });
  return queues.find(({ queue }) => queue === "perfdata")?.total ?? 0;
}
