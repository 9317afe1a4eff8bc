import { type PacketOf, ProtocolError } from "../packet.ts";

/** In characters. gearmand's own are at most 512; the log and the results of jobs name them. */
const MAX_NAME = 4_096;
const SHOWN = 100;

/** Throws a ProtocolError for a reply to a grab, where none is due: jobs without end would follow. */
export function assertDue(outstandingGrabs: number): void {
  if (outstandingGrabs <= 0) throw new ProtocolError("a reply to a question that was not asked");
}

/**
 * Throws a ProtocolError for a job of a queue that the server was not asked for. Rights and limits are those
 * of queues: a job of another one would have none of them.
 */
export function assertOurs(
  { handle, queue, unique }: PacketOf<"JOB_ASSIGN_UNIQ">,
  queues: readonly string[],
): void {
  if (handle.length > MAX_NAME || unique.length > MAX_NAME)
    throw new ProtocolError(`a job with a name of ${Math.max(handle.length, unique.length)} bytes`);
  if (!queues.includes(queue))
    throw new ProtocolError(`a job of the queue '${queue.slice(0, SHOWN)}', which it was not asked for`);
}
