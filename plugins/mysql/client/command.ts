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

/**
 * A command for the driver's queue (`addCommand`), which calls these methods. The driver has no commands that
 * give the bytes of an answer as they are, nor one for the server's statistics.
 */
export class RawCommand {
  readonly #request: Buffer;
  readonly #receive: (packet: Buffer) => boolean;

  /**
   * @param code the protocol's number of the command
   * @param text a byte string
   * @param receive takes each packet of the answer without its header, and says whether it was the last
   */
  constructor(code: number, text: string, receive: (packet: Buffer) => boolean) {
    this.#request = Buffer.concat([Buffer.of(code), Buffer.from(text, "latin1")]);
    this.#receive = receive;
  }

  /** Is called without a packet when it is the command's turn. Returns whether the command is done. */
  execute(packet: IncomingPacket | undefined, connection: CommandConnection): boolean {
    if (packet !== undefined) return this.#receive(packet.buffer.subarray(packet.start + HEADER, packet.end));
    connection._resetSequenceId();
    const buffer = Buffer.concat([Buffer.alloc(HEADER), this.#request]);
    connection.writePacket({
      buffer,
      length: () => buffer.length,
      writeHeader: (number) => {
        buffer.writeUIntLE(buffer.length - HEADER, 0, 3);
        buffer.writeUInt8(number, 3);
      },
    });
    return false;
  }

  /** The session waits for the end of the connection itself. */
  onResult(): void {}
}
