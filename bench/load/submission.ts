import type { Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { PACKET, packetReader } from "./packets.ts";

/** At a fixed rate, the jobs that are due are submitted this often. */
const TICK_MS = 1;

export interface Submission {
  /** When each job was sent, by its index. */
  readonly sentAt: readonly number[];
  /** Resolves when gearmand has accepted every job. */
  readonly acceptedAfterMs: Promise<number>;
}

/** Submits all packets: `rate` a second, whether or not results come back, or all at once without a rate. */
export function submit(socket: Socket, packets: readonly Buffer[], rate: number | undefined): Submission {
  const start = performance.now();
  const sentAt: number[] = [];
  const send = (until: number): void => {
    const due = packets.slice(sentAt.length, until);
    if (due.length === 0) return;
    socket.write(Buffer.concat(due));
    const now = performance.now();
    for (const _ of due) sentAt.push(now);
  };
  const acceptedAfterMs = allAccepted(socket, packets.length).then((at) => at - start);
  if (rate === undefined) send(packets.length);
  else {
    const ticks = setInterval(() => {
      send(Math.ceil(((performance.now() - start) * rate) / 1000));
      if (sentAt.length === packets.length) clearInterval(ticks);
    }, TICK_MS);
  }
  return { sentAt, acceptedAfterMs };
}

/** Submits all packets after a while. Returns when they were sent. */
export async function submitLater(
  socket: Socket,
  packets: readonly Buffer[],
  afterMs: number,
): Promise<number> {
  await pause(afterMs);
  socket.write(Buffer.concat(packets));
  return performance.now();
}

function allAccepted(socket: Socket, jobs: number): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  let accepted = 0;
  const read = packetReader((type, body) => {
    if (type === PACKET.ERROR) throw new Error(`gearmand: ${body.toString("latin1")}`);
    if (type === PACKET.JOB_CREATED) accepted++;
    if (accepted === jobs) resolve(performance.now());
  });
  socket.on("data", read);
  return promise;
}
