import type { Socket } from "node:net";
import { encodePacket, PACKET, packetReader } from "./packets.ts";

const GRAB = encodePacket(PACKET.GRAB_JOB);
const PRE_SLEEP = encodePacket(PACKET.PRE_SLEEP);

/** At most so many grabs wait for an answer. So many are enough that the load never waits for gearmand. */
const MOST_GRABS = 32;

/**
 * Takes the jobs of one queue as a worker does, as fast as gearmand sends them. It begins with one grab and
 * sends two for each job it gets. So a single result costs little, and many results arrive without a pause.
 */
export function grabJobs(socket: Socket, queue: string, onJob: (workload: Buffer) => void): void {
  let grabs = 0;
  let out: Buffer[] = [];
  const grab = (wanted: number): void => {
    for (const most = Math.min(grabs + wanted, MOST_GRABS); grabs < most; grabs++) out.push(GRAB);
  };
  const read = packetReader((type, body) => {
    if (type === PACKET.JOB_ASSIGN) {
      const handleEnd = body.indexOf(0);
      onJob(body.subarray(body.indexOf(0, handleEnd + 1) + 1));
      out.push(encodePacket(PACKET.WORK_COMPLETE, body.subarray(0, handleEnd), ""));
      grabs--;
      grab(2);
    } else if (type === PACKET.NO_JOB) {
      grabs--;
      if (grabs === 0) out.push(PRE_SLEEP);
    } else if (type === PACKET.NOOP) {
      if (grabs === 0) grab(1);
    } else if (type === PACKET.ERROR) {
      throw new Error(`gearmand: ${body.toString("latin1")}`);
    }
  });
  const flush = (): void => {
    if (out.length > 0) socket.write(Buffer.concat(out));
    out = [];
  };
  socket.on("data", (chunk) => {
    read(chunk);
    flush();
  });
  out.push(encodePacket(PACKET.CAN_DO, queue));
  grab(1);
  flush();
}
