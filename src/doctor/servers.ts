import type { Config } from "../config/config.ts";
import { expiresSoon } from "../config/tls/pem-contents.ts";
import { ownKeyOf } from "../config/worker/key.ts";
import { dropLeftQueue, readStatus, readVersion } from "../gearman/admin.ts";
import { renderServerAddress, type ServerAddress } from "../gearman/server-address.ts";
import { readServerCertificate } from "../gearman/tls/server-certificate.ts";
import { optionServing, queueNames } from "../job/queues.ts";
import type { Log } from "../log.ts";
import { createEnvelope } from "../payload/crypt.ts";
import { keyFromPassword } from "../payload/key.ts";
import { type Finding, fail, fine, warn } from "./finding.ts";
import { makeRoundTrip } from "./round-trip.ts";

const TIMEOUT_MS = 5000;

/** Asks each job server what it is, lets a sealed job go through it, and looks at its queues. */
export async function examineServers(config: Config, log: Log): Promise<readonly Finding[]> {
  const servers = [...config.server, ...config.dupserver];
  const found = await Promise.all(servers.map((server) => examineServer(server, config, log)));
  return [...examineOwnCertificates(servers), ...found.flat()];
}

const FILES = { client: "tls_certificate", ca: "tls_ca_file" } as const;

/** All servers have the same files. What has expired has stopped the start before. */
function examineOwnCertificates(servers: readonly ServerAddress[]): readonly Finding[] {
  const { validities } = servers.find(({ tls }) => tls !== undefined)?.tls ?? {};
  return (["client", "ca"] as const).flatMap((which) => {
    const validity = validities?.[which];
    if (validity === undefined) return [];
    const until = `${FILES[which]} is valid until ${validity.validToDate.toISOString()}`;
    return expiresSoon(validity) ? warn("tls", until, "renew it") : fine("tls", until);
  });
}

async function examineServer(server: ServerAddress, config: Config, log: Log): Promise<readonly Finding[]> {
  const name = renderServerAddress(server);
  try {
    const version = await readVersion(server, { timeoutMs: TIMEOUT_MS });
    const first = fine("server", `${name} is a gearmand ${version}`);
    return [
      first,
      ...(await examineTls(server)),
      await examineKey(server, config, log),
      ...(await examineQueues(server, config)),
    ];
  } catch (error) {
    const tls = server.tls === undefined ? "" : "; look at the options tls_…";
    return [fail("server", messageOf(error), `${adviseOn(error)}${tls}`)];
  }
}

/** A name that is not found says nothing of the gearmand. */
function adviseOn(error: unknown): string {
  const { cause } = error instanceof Error ? error : {};
  const isName = cause instanceof Error && "syscall" in cause && cause.syscall === "getaddrinfo";
  return isName
    ? "no name server of this machine knows this name: correct server= and dupserver=, or /etc/hosts and DNS"
    : "start gearmand there, or correct server= and dupserver=; look at its --listen and at firewalls";
}

/** The connection was made, so the certificate is right. It may not be so for long. */
async function examineTls(server: ServerAddress): Promise<readonly Finding[]> {
  if (server.tls === undefined) return [];
  const certificate = await readServerCertificate(server, TIMEOUT_MS);
  const until = `${renderServerAddress(server)}: its certificate is valid until ${certificate.validToDate.toISOString()}`;
  if (expiresSoon(certificate)) return [warn("tls", until, "renew it")];
  return [fine("tls", until)];
}

async function examineKey(server: ServerAddress, config: Config, log: Log): Promise<Finding> {
  const name = renderServerAddress(server);
  try {
    const secret = ownKeyOf(config, name) ?? config.key;
    const key = secret && keyFromPassword(secret.reveal());
    const envelope = createEnvelope({ encryption: config.encryption, key });
    const queue = `omd-worker_doctor_${config.identifier}`;
    await makeRoundTrip({ server, queue, envelope, log });
    // It would stay without a worker, for which check_gearman -x is CRITICAL.
    await dropLeftQueue(server, queue);
    const how = config.encryption ? "sealed with our key" : "without encryption";
    return fine(
      "key",
      `${name}: a job ${how} came back whole (whether the core has the same key, only its jobs show)`,
    );
  } catch (error) {
    return fail("key", `${name}: ${messageOf(error)}`, "correct key= or keyfile=, which must be the core's");
  }
}

async function examineQueues(server: ServerAddress, config: Config): Promise<readonly Finding[]> {
  const name = renderServerAddress(server);
  const ours = queueNames(config);
  const queues = await readStatus(server, { timeoutMs: TIMEOUT_MS });
  const left = queues.filter(({ total, workers }) => total > 0 && workers === 0);
  if (left.length === 0) return [fine("queue", `${name}: no queue has jobs without a worker`)];
  return left.map(({ queue, total }) => {
    const advice = ours.includes(queue)
      ? "start the worker: its configuration serves this queue"
      : adviseOnQueue(shown(queue));
    const jobs = total === 1 ? "a job" : `${total} jobs`;
    return warn("queue", `${name}: the queue ${shown(queue)} has ${jobs} and no worker`, advice);
  });
}

/** Queues of other programs, as of perfdata, have no worker's option. */
function adviseOnQueue(queue: string): string {
  const option = optionServing(queue);
  return option === undefined
    ? "look whether the program runs that reads this queue"
    : `let a worker serve it (${option}), or take it from the core's module`;
}

/** A queue may have any name that a client has chosen. */
function shown(queue: string): string {
  return queue.replace(/[^\x21-\x7e]/g, "?");
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
