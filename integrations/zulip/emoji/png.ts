import { crc32, deflateSync } from "node:zlib";

/** A square picture: four bytes for each dot, red, green, blue, opacity. */
export interface Picture {
  readonly size: number;
  readonly dots: Uint8Array;
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const BYTES_A_DOT = 4;
const RGBA_8_BITS = [8, 6, 0, 0, 0];

export function encodePng({ size, dots }: Picture): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set(RGBA_8_BITS, 8);
  const width = size * BYTES_A_DOT;
  // A byte in front of each line says that it is not filtered.
  const lines = Array.from({ length: size }, (_, y) =>
    Buffer.concat([Buffer.from([0]), dots.subarray(y * width, (y + 1) * width)]),
  );
  const data = deflateSync(Buffer.concat(lines), { level: 9 });
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header),
    chunk("IDAT", data),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}
