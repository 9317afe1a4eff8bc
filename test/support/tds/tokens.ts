/** A message of the server: an error from severity 11, otherwise information. */
export interface ServerMessage {
  readonly number: number;
  readonly severity: number;
  readonly text: string;
  readonly state?: number;
  readonly line?: number;
  readonly procedure?: string;
}

const ERROR = 0xaa;
const INFO = 0xab;
export const DONE = 0xfd;
export const DONE_PROC = 0xfe;
export const DONE_IN_PROC = 0xff;

/** Flags of DONE. */
export const MORE = 0x01;
export const FAILED = 0x02;
export const COUNTED = 0x10;
export const ATTENDED = 0x20;

const SERVER = "TDSTEST";

export function message({
  number,
  severity,
  text,
  state = 1,
  line = 1,
  procedure = "",
}: ServerMessage): Buffer {
  const head = Buffer.alloc(6);
  head.writeInt32LE(number, 0);
  head.writeUInt8(state, 4);
  head.writeUInt8(severity, 5);
  const end = Buffer.alloc(4);
  end.writeInt32LE(line);
  const body = Buffer.concat([head, longText(text), shortText(SERVER), shortText(procedure), end]);
  return sized(severity > 10 ? ERROR : INFO, body);
}

export function done(token: number, flags: number, rows = 0): Buffer {
  const bytes = Buffer.alloc(13);
  bytes.writeUInt8(token, 0);
  bytes.writeUInt16LE(flags, 1);
  bytes.writeUInt16LE(0xc1, 3);
  bytes.writeBigUInt64LE(BigInt(rows), 5);
  return bytes;
}

/** TDS 7.4 and a version of the server, with the version in the form that the client asked for. */
export function loginAccepted(tdsVersion: number): Buffer {
  const version = Buffer.alloc(4);
  version.writeUInt32BE(tdsVersion);
  const program = Buffer.from([0x0f, 0x00, 0x07, 0xd0]);
  return sized(0xad, Buffer.concat([Buffer.from([1]), version, shortText("Microsoft SQL Server"), program]));
}

export function changed(kind: "database" | "language" | "packet size", now: string, before: string): Buffer {
  const type = { database: 1, language: 2, "packet size": 4 }[kind];
  return sized(0xe3, Buffer.concat([Buffer.from([type]), shortText(now), shortText(before)]));
}

/** A transaction has begun, or has ended; the client names it by eight bytes. */
export function transaction(kind: "begun" | "committed" | "rolled back"): Buffer {
  const type = { begun: 8, committed: 9, "rolled back": 10 }[kind];
  const name = Buffer.from([8, 1, 0, 0, 0, 0, 0, 0, 0]);
  const nothing = Buffer.from([0]);
  const [now, before] = kind === "begun" ? [name, nothing] : [nothing, name];
  return sized(0xe3, Buffer.concat([Buffer.from([type]), now, before]));
}

/** The collation Latin1_General_CI_AS. */
export function collation(): Buffer {
  return sized(0xe3, Buffer.from([7, 5, 0x09, 0x04, 0xd0, 0x00, 0x34, 0]));
}

export function sspi(data: Buffer): Buffer {
  return sized(0xed, data);
}

export function returnStatus(status: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes.writeUInt8(0x79, 0);
  bytes.writeInt32LE(status, 1);
  return bytes;
}

/** An output parameter that is an int: the handle of a prepared statement. */
export function returnedInt(value: number): Buffer {
  const name = "@handle";
  const bytes = Buffer.alloc(6);
  bytes.writeUInt8(4, 0);
  bytes.writeInt32LE(value, 1);
  const head = Buffer.from([0xac, 0, 0]);
  const type = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0x26, 4]);
  return Buffer.concat([head, shortText(name), type, bytes.subarray(0, 5)]);
}

function sized(token: number, body: Buffer): Buffer {
  const head = Buffer.alloc(3);
  head.writeUInt8(token, 0);
  head.writeUInt16LE(body.length, 1);
  return Buffer.concat([head, body]);
}

function shortText(text: string): Buffer {
  return Buffer.concat([Buffer.from([text.length]), Buffer.from(text, "utf16le")]);
}

function longText(text: string): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16LE(text.length);
  return Buffer.concat([length, Buffer.from(text, "utf16le")]);
}
