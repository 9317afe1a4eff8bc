/** What a command uses of the driver's connection. */
export interface CommandConnection {
  readonly _resetSequenceId: () => void;
  readonly writePacket: (packet: OutgoingPacket) => void;
}

interface OutgoingPacket {
  readonly buffer: Buffer;
  readonly length: () => number;
  readonly writeHeader: (number: number) => void;
}

/** A packet as the driver gives it to a command: its bytes with the header lie between `start` and `end`. */
interface IncomingPacket {
  readonly buffer: Buffer;
  readonly start: number;
  readonly end: number;
}

const HEADER = 4;

/** A packet with a command. The driver gives it its number when it is sent. */
export function commandPacket(code: number, text: string): Buffer {
  const buffer = Buffer.allocUnsafe(HEADER + 1 + text.length);
  buffer.writeUIntLE(1 + text.length, 0, 3);
  buffer[HEADER] = code;
  buffer.write(text, HEADER + 1, "latin1");
  return buffer;
}

/**
 * A command for the driver's queue (`addCommand`), which calls these methods. The driver has no commands that
 * give the bytes of an answer as they are, nor one for the server's statistics.
 */
export class RawCommand {
  readonly #requests: readonly Buffer[];
  readonly #receive: (packet: Buffer) => boolean;

  /**
   * @param requests what is sent when it is the command's turn, one command each: nothing, if another one has
   *   sent it before
   * @param receive takes each packet of the answer without its header, and says whether it was the last
   */
  constructor(requests: readonly Buffer[], receive: (packet: Buffer) => boolean) {
    this.#requests = requests;
    this.#receive = receive;
  }

  /** Is called without a packet when it is the command's turn. Returns whether the command is done. */
  execute(packet: IncomingPacket | undefined, connection: CommandConnection): boolean {
    if (packet !== undefined) return this.#receive(packet.buffer.subarray(packet.start + HEADER, packet.end));
    connection._resetSequenceId();
    for (const buffer of this.#requests) {
      connection._resetSequenceId();
      connection.writePacket({
        buffer,
        length: () => buffer.length,
        writeHeader: (number) => void buffer.writeUInt8(number, 3),
      });
    }
    return false;
  }

  /** The session waits for the end of the connection itself. */
  onResult(): void {}
}
