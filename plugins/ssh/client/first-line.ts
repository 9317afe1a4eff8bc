import type { Duplex } from "node:stream";

/** The limits of OpenSSH's client: bytes of a line, and lines before the one with the version. */
const MAX_LINE = 8_192;
const MAX_LINES = 1_024;

const NEW_LINE = 10;
const VERSION = Buffer.from("SSH-");

/** What is told about the begin of a server's bytes. */
export interface BeginListener {
  /** The line with the server's version is complete. */
  readonly onVersion: () => void;
  /** The first packet has begun. */
  readonly onPacket: () => void;
  /** ssh would refuse these bytes. The stream emits none of them. */
  readonly onJunk: (why: string) => void;
}

/**
 * Holds back what a server sends until its version line is complete, and drops the lines before it, of which
 * ssh prints nothing. The driver loses bytes of a line that comes in three or more pieces. From the version
 * line on the stream is as it was.
 */
export function holdFirstLine(stream: Duplex, listener: BeginListener): void {
  const emit = stream.emit.bind(stream);
  const begin = new Begin();
  const take = (chunk: Buffer): boolean => {
    const { found, why } = begin.add(chunk);
    if (why !== undefined) listener.onJunk(why);
    if (found === undefined) return true;
    if (found.isNew) listener.onVersion();
    if (found.hasPacket) {
      Reflect.deleteProperty(stream, "emit");
      listener.onPacket();
    }
    return emit("data", found.bytes);
  };
  Object.assign(stream, {
    emit: (event: string, ...values: readonly unknown[]) =>
      event === "data" ? take(values[0] as Buffer) : emit(event, ...values),
  });
}

interface Added {
  /** The bytes to pass on, from the version line on. */
  readonly found?: { readonly bytes: Buffer; readonly isNew: boolean; readonly hasPacket: boolean };
  readonly why?: string;
}

class Begin {
  #line: Buffer = Buffer.alloc(0);
  #lines = 0;
  #state: "searching" | "found" | "refused" = "searching";

  add(chunk: Buffer): Added {
    switch (this.#state) {
      case "refused":
        return {};
      case "found":
        return { found: { bytes: chunk, isNew: false, hasPacket: true } };
      case "searching":
        return this.#search(this.#line.length === 0 ? chunk : Buffer.concat([this.#line, chunk]));
    }
  }

  #search(bytes: Buffer): Added {
    let rest = bytes;
    for (let end = rest.indexOf(NEW_LINE); end >= 0; end = rest.indexOf(NEW_LINE)) {
      const line = rest.subarray(0, end);
      if (end > MAX_LINE || line.includes(0)) return this.#refuse("a line before its version is not plain");
      if (line.subarray(0, VERSION.length).equals(VERSION)) {
        this.#state = "found";
        return { found: { bytes: rest, isNew: true, hasPacket: rest.length > end + 1 } };
      }
      this.#lines += 1;
      if (this.#lines >= MAX_LINES) return this.#refuse("too many lines before its version");
      rest = rest.subarray(end + 1);
    }
    if (rest.length > MAX_LINE) return this.#refuse("its first line is too long");
    this.#line = rest;
    return {};
  }

  #refuse(why: string): Added {
    this.#state = "refused";
    this.#line = Buffer.alloc(0);
    return { why };
  }
}
