/**
 * The part of the Gearman protocol that the load needs. It shares no code with `src/gearman` on purpose: a
 * fault in the worker's code must not be in the load, too.
 */
export const PACKET = {
  CAN_DO: 1,
  PRE_SLEEP: 4,
  NOOP: 6,
  JOB_CREATED: 8,
  GRAB_JOB: 9,
  NO_JOB: 10,
  JOB_ASSIGN: 11,
  WORK_COMPLETE: 13,
  SUBMIT_JOB_BG: 18,
  ERROR: 19,
} as const;

const HEADER = 12;

export function encodePacket(type: number, ...args: readonly (string | Buffer)[]): Buffer {
  const parts = args.flatMap((arg, index) => [...(index > 0 ? ["\0"] : []), arg]);
  const body = Buffer.concat(
    parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : part)),
  );
  const packet = Buffer.alloc(HEADER + body.length);
  packet.write("\0REQ", "latin1");
  packet.writeUInt32BE(type, 4);
  packet.writeUInt32BE(body.length, 8);
  body.copy(packet, HEADER);
  return packet;
}

/** Returns a reader of chunks that hands out each complete packet; `body` is only valid during the call. */
export function packetReader(onPacket: (type: number, body: Buffer) => void): (chunk: Buffer) => void {
  let chunks: Buffer[] = [];
  let length = 0;
  let wanted = HEADER;
  return (chunk) => {
    chunks.push(chunk);
    length += chunk.length;
    // Chunks are joined only when a packet is complete: a result of a megabyte arrives in many chunks.
    if (length < wanted) return;
    const bytes = chunks.length === 1 ? chunk : Buffer.concat(chunks);
    let at = 0;
    wanted = HEADER;
    while (bytes.length - at >= HEADER) {
      const size = HEADER + bytes.readUInt32BE(at + 8);
      if (bytes.length - at < size) {
        wanted = size;
        break;
      }
      onPacket(bytes.readUInt32BE(at + 4), bytes.subarray(at + HEADER, at + size));
      at += size;
    }
    chunks = at < bytes.length ? [bytes.subarray(at)] : [];
    length = bytes.length - at;
  };
}
