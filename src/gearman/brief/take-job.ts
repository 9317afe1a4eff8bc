import type { Packet } from "../packet.ts";
import type { ServerAddress } from "../server-address.ts";
import { BriefConnection, type ServerError } from "./connection.ts";

/** A worker of one queue that takes one job. */
export interface OneJob extends AsyncDisposable {
  /** Resolved when the server has the worker. Rejected with a ServerError. */
  readonly ready: Promise<void>;
  /** The workload of the first job. Rejected with a ServerError. */
  readonly job: Promise<Buffer>;
}

const READY = Buffer.from("ready");

/** Serves a queue until its first job has come. The job is completed at once. */
export function takeJob(server: ServerAddress, queue: string, timeoutMs: number): OneJob {
  const ready = Promise.withResolvers<void>();
  const job = Promise.withResolvers<Buffer>();
  const fail = (error: ServerError) => {
    ready.reject(error);
    job.reject(error);
  };
  for (const promise of [ready.promise, job.promise]) promise.catch(() => {}); // both are awaited one by one
  const onPacket = (packet: Packet) => {
    switch (packet.type) {
      case "ECHO_RES":
        ready.resolve();
        break;
      case "NOOP":
        connection.send({ type: "GRAB_JOB" });
        break;
      case "NO_JOB":
        connection.send({ type: "PRE_SLEEP" });
        break;
      case "JOB_ASSIGN":
        job.resolve(Buffer.from(packet.workload));
        connection.send({ type: "WORK_COMPLETE", handle: packet.handle, data: Buffer.alloc(0) });
        break;
    }
  };
  const connection = new BriefConnection({ server, timeoutMs, onPacket, onLost: fail });
  connection.opened.then(() => {
    connection.send({ type: "CAN_DO", queue });
    connection.send({ type: "GRAB_JOB" });
    connection.send({ type: "ECHO_REQ", data: READY });
  }, fail);
  return { ready: ready.promise, job: job.promise, [Symbol.asyncDispose]: () => connection.close() };
}
