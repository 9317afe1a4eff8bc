import { readPort } from "../../../plugins/mssql/client/browser.ts";
import { readGreeting } from "../../../plugins/mysql/client/greeting.ts";
import { PacketFramer } from "../../../plugins/mysql/client/packet-framer.ts";
import { readFailure } from "../../../plugins/mysql/libmariadb/failure.ts";
import { MessageReader } from "../../../plugins/pgsql/client/message-reader.ts";
import { renderError } from "../../../plugins/pgsql/libpq/server-error.ts";
import { readQuestion } from "../../../plugins/snmp/mibs/ber.ts";
import { readObjects } from "../../../plugins/snmp/objects.ts";
import { readMessageId } from "../../../plugins/snmp/session/message-id.ts";
import { readOid, renderOid } from "../../../plugins/snmp/session/oid.ts";
import { readObject } from "../../../plugins/snmp/snmpget/object-value.ts";
import { renderValue, TYPES } from "../../../plugins/snmp/snmpget/value-text.ts";
import { ServerGone } from "../../../plugins/transport/databases/server-stream.ts";
import { CheckDeclined } from "../../../sdk/index.ts";
import { greeting, ONE, packet } from "../../../test/plugins/mysql/speaker.ts";
import {
  ACCEPTED,
  authentication,
  error,
  message,
  ONE as PG_ONE,
} from "../../../test/plugins/pgsql/speaker.ts";
import { cutUp } from "../../engine/cut.ts";
import { insist, type PureTarget, QUICK, text } from "../../engine/target.ts";
import { latin1, readRecords } from "../samples.ts";

interface Framer {
  push(piece: Buffer): Buffer;
}

/** What comes out is the same, however the bytes come in, and how it ends. */
function requireSameFrames(bytes: Buffer, create: () => Framer) {
  const whole = pushAll([Buffer.from(bytes)], create());
  const inPieces = pushAll(cutUp(bytes), create());
  const [shorter, longer] = [whole.out, inPieces.out].toSorted((a, b) => a.length - b.length);
  insist(
    longer?.subarray(0, shorter?.length).equals(shorter ?? longer) === true,
    "pieces come out in another way",
  );
  insist(whole.end === inPieces.end, `as a whole: ${whole.end}; in pieces: ${inPieces.end}`);
  insist(whole.end !== "" || whole.out.equals(inPieces.out), "pieces come out in part");
  insist(inPieces.out.length <= bytes.length, "more comes out than went in");
  return whole;
}

function pushAll(pieces: readonly Buffer[], framer: Framer) {
  const out: Buffer[] = [];
  try {
    for (const piece of pieces) out.push(Buffer.from(framer.push(piece)));
  } catch (error) {
    if (!(error instanceof CheckDeclined || error instanceof ServerGone)) throw error;
    return { out: Buffer.concat(out), end: error.message || error.name };
  }
  return { out: Buffer.concat(out), end: "" };
}

const MYSQL: PureTarget = {
  name: "mysql-packets",
  kind: "pure",
  mayThrow: [CheckDeclined],
  samples: () => [
    greeting(),
    ONE,
    packet(0, "\xff\x10\x04#08004Too many connections"),
    Buffer.concat([greeting({ tls: true }), ONE]),
  ],
  tokens: ["\0\0\0\0", "\x01\0\0\x01", "\xff", "\xfe", "mysql_native_password\0", "\xff\xff\xff", "\0"],
  read: (bytes) => {
    const { end } = requireSameFrames(bytes, () => new PacketFramer(() => {}, 0));
    readFailure(bytes.subarray(4));
    return [end, bytes.length > 4 && readGreeting(bytes)];
  },
};

const FIELDS = [
  "severity",
  "code",
  "message",
  "detail",
  "hint",
  "position",
  "internalPosition",
  "internalQuery",
  "where",
];

/** The driver's parser never ends with an error or a notice whose list of fields has no end. */
function requireLists(messages: Buffer): void {
  for (let at = 0; at < messages.length; at += 1 + messages.readUInt32BE(at + 1)) {
    if (!"EN".includes(String.fromCharCode(messages[at] ?? 0))) continue;
    const body = messages.toString("latin1", at + 5, at + 1 + messages.readUInt32BE(at + 1));
    insist(/^(?:[^\0]+\0)*\0$/.test(body), "the driver gets a list without an end");
  }
}

const PGSQL: PureTarget = {
  name: "pgsql-messages",
  kind: "pure",
  mayThrow: [CheckDeclined],
  samples: () => [
    ACCEPTED,
    PG_ONE,
    error({ S: "ERROR", C: "42601", M: "syntax error", P: "8" }),
    message("N", "SNOTICE\0\0"),
    Buffer.concat([authentication(0), error({ S: "FATAL", M: "no" }), error({ S: "FATAL", M: "once more" })]),
  ],
  tokens: [
    "E\0\0\0",
    "R\0\0\0\x08\0\0\0\0",
    "\0",
    "Z\0\0\0\x05I",
    "\0\0\0\x04",
    "\xff\xff\xff\xff",
    "P8\0",
    "N",
  ],
  read: (bytes) => {
    const { out, end } = requireSameFrames(
      bytes,
      () => new MessageReader(1 << 16, { answered: () => {}, copies: () => {} }),
    );
    requireLists(out);
    const words = bytes.toString("latin1").split("\0");
    const fields = Object.fromEntries(FIELDS.map((name, at) => [name, words[at]]));
    const shown = renderError({ severity: "E", code: "1", message: "m", ...fields }, words.at(-1));
    return [end, shown.length > bytes.length];
  },
};

const INTEGER = Buffer.from("3029020101040670", "hex");
const QUESTION = Buffer.from(
  "302602010104067075626c6963a019020401020304020100020100300b300906052b060102010500",
  "hex",
);

/** Datagrams of SNMP, as far as they are not net-snmp's to read. */
const SNMP: PureTarget = {
  name: "snmp-message",
  kind: "pure",
  mayThrow: [CheckDeclined],
  samples: () => [
    QUESTION,
    INTEGER,
    Buffer.from("303e020103301102040102030402030100000401000201030410", "hex"),
  ],
  tokens: [
    "\x30\x82\xff\xff",
    "\x02\x01\x03",
    "\x04\x06public",
    "\xa2\x19",
    "\x84\xff\xff\xff\xff",
    "\x80",
    "\x2b\x06",
    "\xff",
  ],
  read: (bytes) => {
    const id = readMessageId(bytes);
    const { oids, answer } = readQuestion(bytes);
    const sent = answer(oids.map(() => ({ type: TYPES.integer, value: 42 })));
    insist(sent.length < 70_000 || bytes.length > 1_000, "an answer far longer than the question");
    return [id, oids.length];
  },
};

const VALUE_TYPES = Object.values(TYPES);
const NUMBERS: ReadonlySet<number> = new Set([TYPES.integer, TYPES.counter, TYPES.gauge, TYPES.timeTicks]);

/** Values as net-snmp gives them: a type, then the bytes of an octet string or the digits of a number. */
const VALUES: PureTarget = {
  name: "snmp-value",
  kind: "pure",
  mayThrow: [CheckDeclined],
  samples: () => [
    ...VALUE_TYPES.map((type) => Buffer.from([type, 0x31, 0x32])),
    ...latin1("\x04Linux web1 6.1", "D\x9fx\x04\x41\x20\0\0", "D\x9fz\x08\0\0\0\0\0\0\0\x01"),
  ],
  tokens: [
    "\x9f\x76",
    "\x9f\x78\x04",
    "\x9f\x79\x08",
    "\x9f\x7a",
    "\x9f\x7b",
    "1.3.6",
    "\xff",
    '"',
    "\\",
    "-1",
    "4294967295",
  ],
  read: (bytes) => {
    const type = bytes[0] ?? 0;
    const content = bytes.subarray(1);
    const digits = (Number.parseInt(content.toString("latin1").slice(0, 12), 10) || 0) % 2 ** 32;
    const values = NUMBERS.has(type) ? [digits, -digits] : [content, content.toString("latin1"), null];
    for (const value of values) {
      const shown = renderValue({ type, value });
      readObject({ oid: "1.3.6.1", type, value });
      const [object] = readObjects([`iso.3.6.1 = ${shown}`, ...shown.split("\n")], 1);
      insist(object?.name === "iso.3.6.1", "the name of an object is lost");
    }
    const oid = readOid(content.toString("latin1"));
    return oid === undefined ? undefined : renderOid(oid);
  },
};

const SNMPGET: PureTarget = text("snmpget-lines", {
  shortRuns: QUICK,
  mayThrow: [CheckDeclined],
  samples: () =>
    readRecords<{ stdout: string }>("native/check_snmp.jsonl", 12).map(({ stdout }) => `iso.3.6 = ${stdout}`),
  tokens: [" = ", "STRING: ", '"', "\\", "\n", "Timeticks: (", "Hex-STRING: ", "Gauge32: ", "INTEGER: "],
  read: (given) => readObjects(given.split("\n"), 5).length,
});

const BROWSER: PureTarget = text("mssql-browser", {
  shortRuns: QUICK,
  samples: () => ["\x05\x60\0ServerName;DB1;InstanceName;MON;IsClustered;No;Version;15.0;tcp;51433;;"],
  tokens: [";", ";;", "tcp;", "InstanceName;MON;", "65536", "1e3", "\0"],
  read: (given) => {
    const port = readPort(given, "mon");
    insist(port === undefined || (port > 0 && port < 65_536), "a port that is none");
    return port;
  },
});

/** Messages of databases and of SNMP. */
export const FRAMES: readonly PureTarget[] = [MYSQL, PGSQL, SNMP, VALUES, SNMPGET, BROWSER];
