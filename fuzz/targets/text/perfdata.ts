import { judgeReply } from "../../../integrations/influxdb/delivery/reply.ts";
import { siftLines } from "../../../integrations/influxdb/delivery/sift-lines.ts";
import { type LineOptions, makeLines } from "../../../integrations/influxdb/lines/make-lines.ts";
import { readNumber } from "../../../integrations/influxdb/lines/read-number.ts";
import { readPerfdata } from "../../../integrations/influxdb/lines/read-perfdata.ts";
import { readRange } from "../../../integrations/influxdb/lines/read-range.ts";
import { type PerfdataRecord, readRecord } from "../../../integrations/influxdb/lines/read-record.ts";
import type { Random } from "../../engine/random.ts";
import { insist, type PureTarget, type ServedTarget, soon, type Target, text } from "../../engine/target.ts";
import { makeJson } from "../json.ts";
import { JSON_MARKS, latin1 } from "../samples.ts";

const PERFDATA = [
  "rta=0.080000ms;3000.000000;5000.000000;0.000000 pl=0%;80;100;0",
  "'C:\\ %'=18.5%;~:80;@10:90;0;100 /var=U;1:;:5 load1=0,5;5.000",
  "child::check_tcp::time=0.05s;1;2 size=1e-05B [check_multi!x]",
  "'a''b'=1 c\\=2 'd=3'=4 e=1.2.3 f=nan =5 g=-.5;;;-1;1E9",
];
const OF_PERFDATA = [
  "'",
  "''",
  "=",
  ";",
  "@",
  "~",
  ":",
  "::",
  " ",
  "\\",
  ",",
  "U",
  "e",
  "-",
  ".",
  "[x]",
  "\0",
];
const RECORDS = [
  `DATATYPE::SERVICEPERFDATA\tTIMET::1441791000\tHOSTNAME::web 1\tSERVICEDESC::disk, all=\tSERVICEPERFDATA::${PERFDATA[1]}\tSERVICECHECKCOMMAND::check_disk!1!2\tHOSTDOWNTIME::0\tSERVICEDOWNTIME::1`,
  `DATATYPE::HOSTPERFDATA\tTIMET::1441791000\tHOSTNAME::h\\\tHOSTPERFDATA::${PERFDATA[0]}\tHOSTCHECKCOMMAND::ping\tNAGFLUX:TAG::b=1 a=x,y downtime=true\tNAGFLUX:FIELD::n=7i t="a b" f=true\tNAGFLUX:TARGET::all`,
];
const OF_RECORDS = [
  ...["\t", "::", "TIMET::", "HOSTNAME::", "SERVICEDESC::", "NAGFLUX:TAG::", "NAGFLUX:FIELD::"],
  ...["NAGFLUX:TARGET::", "9223372036", "=", "\r", "\x01", "\x7f", "\xff", '"', ...OF_PERFDATA],
];

/** Each item repeats the names of its record, so what is made of a long one is its square. */
const MOST_CHECKED = 500;
/** What `makeLines` makes at most, and one more line. */
const MOST_TEXT = 18 * 1024 * 1024;
/** One made record in so many has more items than lines are made of. */
const LARGE = 400;

/** InfluxDB 1 and 2, and 3. */
const DATABASES: readonly LineOptions[] = [
  { hostcheck: "hostcheck", afterBackslash: "_", doublesBackslashes: false, stage: "prod" },
  { hostcheck: "hostcheck", afterBackslash: "_", doublesBackslashes: true },
];

const ITEMS: PureTarget = text("perfdata", {
  samples: () => PERFDATA,
  tokens: OF_PERFDATA,
  read: (given) => {
    const items: unknown[] = [];
    let bytes = 0;
    readPerfdata(given, (item) => {
      for (const part of Object.values<string>({ ...item })) bytes += part.length;
      insist(item.label !== "", "an item without a name");
      const number = readNumber(item.value, 0);
      const range = readRange(item.warn);
      for (const each of [number?.text, ...(range?.numbers ?? [])])
        insist(each === undefined || isFloat(each), `${each} is no number of InfluxDB`);
      items.push([item.label, number, range]);
    });
    insist(bytes <= given.length, "parts longer than the perfdata");
    return items;
  },
});

function isFloat(written: string): boolean {
  return /^-?\d+\.\d+(?:e[+-]\d+)?$/i.test(written) && Number.isFinite(Number(written));
}

/** No value of a core begins a tag, a field or a line of its own: what is written is read back as it was. */
const LINES: PureTarget = text("perfdata-record", {
  samples: () => RECORDS,
  tokens: OF_RECORDS,
  make: makeRecord,
  read: (given) => {
    const record = readRecord(given.replaceAll("\n", ""));
    if (typeof record === "string") return record;
    return DATABASES.map((options) => {
      const made = makeLines(record, options);
      const lines = made.text.split("\n").slice(0, -1);
      insist(lines.length === made.lines, "more lines than items");
      insist(made.text.length <= MOST_TEXT, "lines that fill the memory");
      const step = Math.ceil(lines.length / MOST_CHECKED);
      for (let at = 0; at < lines.length; at += step) checkLine(lines[at] ?? "", { record, options });
      return [record.target, made.lines, made.skipped, lines[0]?.length];
    });
  },
});

function makeRecord(random: Random): Buffer {
  if (random.once(LARGE)) return makeLargeRecord(random);
  const word = () =>
    Array.from({ length: random.below(6) }, () => random.pick([...OF_RECORDS, "a"])).join("");
  const fields = [
    ...["DATATYPE::HOSTPERFDATA", "TIMET::1", `HOSTNAME::h${word()}`, `HOSTPERFDATA::a${word()}=1${word()}`],
    ...[`HOSTCHECKCOMMAND::${word()}`, `NAGFLUX:TAG::a${word()}=b${word()} ${word()}=1`],
    `NAGFLUX:FIELD::a${word()}=b${word()} ${word()}=1`,
  ];
  return Buffer.from(fields.join("\t"), "latin1");
}

/** Its host has a name of 1,000 bytes, and the perfdata up to 120 KB. */
function makeLargeRecord(random: Random): Buffer {
  const perfdata = "a=1 ".repeat(20_000 + random.below(10_000));
  const fields = ["DATATYPE::HOSTPERFDATA", "TIMET::1", `HOSTNAME::${"h".repeat(1_000)}`];
  return Buffer.from([...fields, `HOSTPERFDATA::${perfdata}`].join("\t"), "latin1");
}

/**
 * A character that separates counts as one unless there is a backslash before it. In version 3 that may be
 * one of a pair.
 */
const PIECE = String.raw`(?:[^ ,=]|(?<=\\)[ ,=])+`;
const PIECE_OF_PAIRS = String.raw`(?:[^ ,=\\]|\\[^])+`;

function checkLine(
  line: string,
  given: { readonly record: PerfdataRecord; readonly options: LineOptions },
): void {
  const { record, options } = given;
  const piece = options.doublesBackslashes ? PIECE_OF_PAIRS : PIECE;
  const value = String.raw`(?:"(?:[^"\\]|\\[^])*"|[^" ,=]+)`;
  const whole = new RegExp(
    `^metrics((?:,${piece}=${piece})+) (${piece}=${value}(?:,${piece}=${value})*) \\d+000$`,
  );
  const [, ofTags = "", ofFields = ""] = whole.exec(line) ?? [];
  insist(ofTags !== "", "a line that is none");
  const tags = readPairs(ofTags, new RegExp(`,(${piece})=(${piece})`, "g"), options);
  readPairs(`,${ofFields}`, new RegExp(`,(${piece})=(${value})`, "g"), options);
  const { host, service = options.hostcheck } = record;
  insist(tags.get("host") === asTag(host), "another host");
  insist(tags.get("service") === asTag(service), "another service");
}

function readPairs(written: string, each: RegExp, { doublesBackslashes }: LineOptions): Map<string, string> {
  const bare = (escaped: string) =>
    doublesBackslashes ? escaped.replace(/\\(.)/gs, "$1") : escaped.replace(/\\([ ,=])/g, "$1");
  const pairs = [...written.matchAll(each)].map(
    ([, name = "", value = ""]) => [bare(name), bare(value)] as const,
  );
  const read = new Map(pairs);
  insist(read.size === pairs.length, "a tag or field twice");
  return read;
}

/** A control character is a blank, and a backslash at the end has something behind it. */
function asTag(value: string): string {
  return `${value.replace(/[\0-\x1f\x7f]/g, " ")}${value.endsWith("\\") ? "_" : ""}`;
}

const BATCH = ["metrics,host=a value=1.0 1", "metrics,host=b value=2.0 1", "metrics,host=c value=3.0 1"];
const REPLIES = [
  "204\n\n\n",
  `400\n\n\n{"error":"partial write: unable to parse '${BATCH[0]}': missing fields\\nunable to parse 'x': y dropped=0"}`,
  '400\n\n\n{"error":"partial write of line protocol occurred","data":[{"line_number":2,"error_message":"x","original_line":"y"}]}',
  '400\n\n\n{"error":"partial write: points beyond retention policy dropped=3"}',
  "422\nunable to parse 'x': missing fields\n\n",
  '401\n\n\n{"code":"unauthorized","message":"unauthorized access"}',
  "503\n\n30\nbusy",
  "413\n\n\n",
];
const STATUSES = ["204", "400", "401", "413", "422", "429", "500"];
const REPLY_FIELDS = ["error", "message", "data", "line_number", "error_message", "code"];

/**
 * A database that gives the same answer to each request: batches come to an end, and no line is refused
 * twice.
 */
const REPLY: ServedTarget = soon("influxdb-reply", {
  shortRuns: 2_000,
  samples: () => latin1(...REPLIES),
  tokens: [
    ...JSON_MARKS,
    ...STATUSES,
    "unable to parse '",
    "': ",
    " dropped=1",
    "\\n",
    '"line_number":1',
    "1e999",
  ],
  make: (random) =>
    Buffer.from(`${random.pick(STATUSES)}\n\n\n[1]`.replace("[1]", makeJson(random, REPLY_FIELDS))),
  read: async (bytes) => {
    const [status = "", error = "", retryAfter = "", ...body] = bytes.toString("utf8").split("\n");
    const answer = { status: Number.parseInt(status, 10) || 0, body: body.join("\n"), error, retryAfter };
    const reply = judgeReply(answer);
    if (reply.kind === "written") return reply.kind;
    insist(reply.message.length <= 520, "a message that is longer than the log should have");
    if (reply.kind === "unavailable") {
      const { retryAfterMs = 0 } = reply;
      insist(retryAfterMs >= 0 && retryAfterMs <= 300_000, `waits for ${retryAfterMs} ms`);
    }
    if (reply.kind !== "rejected" && reply.kind !== "too-large") return reply.kind;
    let requests = 0;
    const sifted = await siftLines(BATCH, reply, async () => {
      requests += 1;
      return reply;
    });
    const refused = sifted.refusals.map(({ line }) => line);
    insist(sifted.trouble === undefined, "trouble of a database that refuses lines");
    insist(refused.toSorted().join() === BATCH.join(), "each line is refused once");
    return [reply.kind, reply.kind === "rejected" && reply.named.length, requests];
  },
});

/** What the writer of perfdata reads: of cores, and of databases. */
export const PERFDATA_TARGETS: readonly Target[] = [ITEMS, LINES, REPLY];
