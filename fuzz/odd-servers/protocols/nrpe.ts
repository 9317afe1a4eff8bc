import { crc32 } from "node:zlib";
import { checkNrpe } from "../../../plugins/nrpe/check_nrpe.ts";
import { nrpePacket } from "../../../test/support/servers/nrpe-stand-in.ts";
import type { Random } from "../../engine/random.ts";
import { type Message, type Protocol, texts } from "../protocol.ts";

const TEXTS = [
  "OK - all is well|a=1",
  "",
  "two\nlines",
  "caf\xc3\xa9 \xff",
  "x".repeat(1_500),
  "a\0b",
  "%s",
  "\n",
];
const CODES = [0, 0, 0, 1, 2, 3, 4, -1, 255, 256, 32_768];

/** A packet with a field or two of its own. */
function oddPacket(random: Random): Buffer {
  const isLengthened = random.once(4);
  const text = random.pick(TEXTS);
  return nrpePacket({
    version: random.pick([2, 2, 3, 4, 4, 0, 1, 5, 65_535]),
    text,
    returnCode: random.pick(CODES) & 0xffff,
    type: random.pick([2, 2, 2, 2, 1, 3, 0, 4]),
    isEnded: !random.once(5),
    ...(isLengthened && { length: random.pick([0, 1, -1, text.length, 5_000, 70_000, 0x7fffffff]) }),
  });
}

const answer =
  (version: number): Message =>
  (random) =>
    nrpePacket({ version, text: random.pick(TEXTS), returnCode: random.pick(CODES) & 0xffff });

/** Where the CRC stands, which counts as 0 for itself. */
const [CRC_AT, LENGTH_AT] = [4, 12];

/** Mends the CRC, and the length where the version has one. */
function mend(message: Buffer): Buffer {
  if (message.length < 16) return message;
  const packet = Buffer.from(message);
  const version = packet.readUInt16BE(0);
  if (version !== 2) packet.writeUInt32BE(packet.length - 16, LENGTH_AT);
  packet.fill(0, CRC_AT, CRC_AT + 4);
  packet.writeUInt32BE(crc32(Buffer.concat([packet, Buffer.alloc(version === 3 ? 3 : 0)])), CRC_AT);
  return packet;
}

function sizeOf(heard: Buffer): number {
  if (heard.length < 16) return 0;
  const version = heard.readUInt16BE(0);
  if (version === 2) return 1036;
  return 16 + heard.readInt32BE(LENGTH_AT) + (version === 3 ? 3 : 0);
}

const LINE = ["-H", "127.0.0.1", "-p", "PORT", "-t", "2", "-c", "check_load"];
const ABOUT = {
  tokens: ["\0\x02\0\x02", "\0\x04\0\x02", "\0", "\x7f\xff\xff\xff", "\0\x01\0\0", "\n"],
  others: [oddPacket, oddPacket, oddPacket, ...texts("", "\0", "220 hello\r\n", "\0\x04\0\x02\0\0", "x")],
  mend,
  sizeOf,
} as const;

const speaking = (words: readonly string[], version: number) => ({
  check: checkNrpe,
  words: [...LINE, ...words],
  turns: [[answer(version)]],
});

/** Daemons of NRPE, plain and over TLS. */
export const NRPE_PROTOCOLS: readonly Protocol[] = [
  {
    ...ABOUT,
    name: "NRPE",
    dialogues: [
      ...[4, 3, 2].map((version) => speaking(["-n"], version)),
      ...[speaking(["-n", "-2"], 2), speaking(["-n", "-3"], 3), speaking(["-n", "-u", "-t", "2:WARNING"], 4)],
    ],
  },
  {
    ...ABOUT,
    name: "NRPE over TLS",
    usesTls: true,
    dialogues: [speaking([], 4), speaking(["-2"], 2), speaking(["-u"], 4), speaking([], 3)],
  },
];
