import { PacketFramer } from "../../../plugins/mysql/client/packet-framer.ts";
import { ResultReader } from "../../../plugins/mysql/client/result.ts";
import { MessageReader } from "../../../plugins/pgsql/client/message-reader.ts";
import { ServerGone } from "../../../plugins/transport/databases/server-stream.ts";
import { CheckDeclined } from "../../../sdk/index.ts";
import { ACCEPTED } from "../../../test/plugins/pgsql/speaker.ts";
import { readAnswers } from "../../../test/support/recorded-answers.ts";
import { cutUp } from "../../engine/cut.ts";
import { insist, type PureTarget } from "../../engine/target.ts";

/** What a reader of answers tells is the same, however the bytes come in, and how it ends. */
function requireSameAnswers(bytes: Buffer, readAll: (pieces: readonly Buffer[]) => unknown): unknown {
  const told = readAll([Buffer.from(bytes)]);
  const [whole, inPieces] = [JSON.stringify(told), JSON.stringify(readAll(cutUp(bytes)))];
  insist(whole === inPieces, `as a whole: ${whole}; in pieces: ${inPieces}`);
  insist(whole.length < 1_000 + 40 * bytes.length, "more is told than was sent");
  return told;
}

/** Pushes the pieces, and says how that ended. */
function endOf(pieces: readonly Buffer[], push: (piece: Buffer) => void): string {
  try {
    for (const piece of pieces) push(piece);
  } catch (error) {
    if (!(error instanceof CheckDeclined || error instanceof ServerGone)) throw error;
    return error.message;
  }
  return "";
}

const PGSQL_ANSWERS: PureTarget = {
  name: "pgsql-answers",
  kind: "pure",
  samples: () => readAnswers("postgresql").map(({ answer }) => answer),
  tokens: [
    "T\0\0\0\x06\0\0",
    "D\0\0\0",
    "C\0\0\0\x0dSELECT 1\0",
    "Z\0\0\0\x05I",
    "I\0\0\0\x04",
    "E\0\0\0",
    "S\0\0\0",
    "N",
    "\xff\xff\xff\xff",
    "\0",
  ],
  read: (bytes) =>
    requireSameAnswers(bytes, (pieces) => {
      const told: unknown[] = [];
      const reader = new MessageReader(1 << 16, {
        answered: (result) => told.push(result, reader.isInTransaction),
        copies: () => told.push("copy"),
      });
      reader.push(ACCEPTED);
      reader.endLogin();
      reader.expect(2);
      const end = endOf(pieces, (piece) => reader.push(piece));
      return { told, result: reader.result, notices: reader.takeNotices(), said: end };
    }),
};

const MYSQL_ANSWERS: PureTarget = {
  name: "mysql-answers",
  kind: "pure",
  samples: () => readAnswers("mariadb").map(({ answer }) => answer),
  tokens: [
    "\x01\0\0\x01\x01",
    "\x05\0\0\x03\xfe\0\0\x02\0",
    "\xff",
    "\xfb",
    "\xfc",
    "\xfd",
    "\xfe",
    "\0\0\0",
  ],
  read: (bytes) =>
    requireSameAnswers(bytes, (pieces) => {
      const told: unknown[] = [];
      let reader = new ResultReader(3);
      const framer = new PacketFramer((data, start, end) => {
        if (!pushPacket(reader, data.subarray(start, end))) return;
        told.push(reader.result, reader.hasMore, reader.isInTransaction);
        reader = new ResultReader(3);
      }, 0);
      framer.endLogin();
      const end = endOf(pieces, (piece) => framer.push(piece));
      return { told, said: end };
    }),
};

/** A session declines what the reader throws for. */
function pushPacket(reader: ResultReader, packet: Buffer): boolean {
  try {
    return reader.push(packet, 0, packet.length);
  } catch (cause) {
    throw new CheckDeclined("no result", { cause });
  }
}

/** What databases answer to queries behind a login. */
export const DATABASE_ANSWERS: readonly PureTarget[] = [MYSQL_ANSWERS, PGSQL_ANSWERS];
