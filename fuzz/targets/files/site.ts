import { crc32 } from "node:zlib";
import { entryTime } from "../../../integrations/spool/entry-name.ts";
import { readText, toByteString, trim, trimEnd, withoutControls } from "../../../src/byte-string.ts";
import { ConfigError } from "../../../src/config/problem.ts";
import { findControlNames } from "../../../src/control/address.ts";
import { encodeRecord, HEADER, readRecords } from "../../../src/result/spool/records.ts";
import { normalise } from "../../../src/run/compare.ts";
import { readObjectsCache } from "../../../src/survey/site/objects-cache.ts";
import { readMainConfig, readResources } from "../../../src/survey/site/settings-files.ts";
import { readChildren } from "../../../src/tools/multi/read-children.ts";
import { lineReader } from "../../../src/tools/send/read-line.ts";
import type { Random } from "../../engine/random.ts";
import { insist, type PureTarget, QUICK, text } from "../../engine/target.ts";
import { latin1, readFixture, readRecords as readRecorded } from "../samples.ts";

const RECORDS = [
  encodeRecord({ kind: "done", unique: "a" }),
  encodeRecord({
    kind: "result",
    result: {
      unique: "u1",
      server: "a:4730",
      queue: "check_results",
      time: 1_700_000_000.5,
      workload: Buffer.from("eA=="),
      job: { queue: "service", digest: "abc" },
    },
  }),
];

/** Files of the result spool. */
const SPOOL: PureTarget = {
  name: "spool-file",
  kind: "pure",
  samples: () => [
    Buffer.concat([Buffer.from(HEADER), ...RECORDS]),
    ...latin1(HEADER, "omd-worker result spool 2\n"),
  ],
  tokens: [HEADER, "\n", '{"done":"a"}', "00000000 ", "null", "[]", '"', "}"],
  make: (random) => Buffer.concat([Buffer.from(HEADER), makeRecord(random), makeRecord(random)]),
  read: (bytes) => {
    const { foreign, records, damaged } = readRecords(bytes);
    const size = records.reduce(
      (sum, each) => sum + (each.kind === "done" ? each.unique.length : each.result.workload.length),
      0,
    );
    insist(size <= bytes.length, "more than the file holds");
    for (const record of records) {
      const again = readRecords(Buffer.concat([Buffer.from(HEADER), encodeRecord(record)]));
      insist(
        again.records.length === 1 && again.damaged === 0,
        "a record that is written again cannot be read",
      );
    }
    return [foreign === undefined, records.length, damaged];
  },
};

const PLAIN = [
  ...["null", "1", "[]", "{}", '{"done":1}', '{"done":"x"}', '"x"', "{", '{"__proto__":{"done":"x"}}'],
  '{"unique":"a","server":"b","queue":"c","time":1,"workload":"d","job":null}',
  '{"unique":"a","server":"b","queue":"c","time":1e999,"workload":"\\u1234","job":{"queue":"q","digest":"d"}}',
  '{"unique":"a","server":"b","queue":"c","time":"1","workload":"d","job":[]}',
];

/** A line whose checksum is right. */
function makeRecord(random: Random): Buffer {
  const json = Buffer.from(random.pick(PLAIN));
  if (random.once(2) && json.length > 2) json[random.below(json.length)] = 0x20 + random.below(90);
  return Buffer.concat([
    Buffer.from(`${crc32(json).toString(16).padStart(8, "0")} `),
    json,
    Buffer.from("\n"),
  ]);
}

const OBJECTS: PureTarget = text("objects-cache", {
  mayThrow: [ConfigError],
  samples: () => [
    readFixture("naemon/objects.cache").slice(0, 6_000),
    "define host {\n\thost_name\ta\n\t}\n\n",
  ],
  tokens: ["define host {\n", "}\n", "\t", " ", "\n", "#", "\r", "{", "host_name"],
  read: (given) => readObjectsCache(given, "/o").length,
});

const CORE_FILES: PureTarget = text("core-files", {
  samples: () => [readFixture("naemon/resource.cfg"), readFixture("naemon/naemon.cfg")],
  tokens: ["$USER1$=", "=", "\n", " ", "\t", "#", ";", "$USER999999999999$=x\n"],
  read: (given) => [readResources(given).size, readMainConfig(given).size],
});

/** What check_multi prints. */
const CHILD =
  "<CHILD>\n<no>1</no><name>a</name><rc>0</rc><runtime>0.1</runtime><output>OK &lt;b&gt;</output><error></error>";
const MULTI: PureTarget = text("send-multi", {
  samples: () => [
    `${CHILD}<performance>a=1</performance><pplugin>x</pplugin></CHILD>`,
    `${CHILD}</CHILD>${CHILD}</CHILD>`,
    "UNKNOWN - x",
  ],
  tokens: [
    "<CHILD>",
    "</CHILD>",
    "<no>",
    "</no>",
    "<rc>",
    "<output>",
    "</output>",
    "&amp;",
    "amp;",
    "&",
    "&gt;",
    "&#039;",
    "<performance>",
    "'",
  ],
  read: (given) => readChildren(given),
});

const LINES: PureTarget = text("send-lines", {
  shortRuns: QUICK,
  samples: () => ["\thost\tservice\t0\tOK", ";host;1;down", "\thost\tservice\t2", ",a,b,c,d,e"],
  tokens: ["\t", ";", ",", "\t\t\t", "0", "-1", "x"],
  read: (given) => lineReader(given.slice(0, 1))(given.slice(1)),
});

/** What is read of plugins' outputs, names and texts of others, wherever it goes. */
const TEXTS: PureTarget = text("texts", {
  samples: () => readRecorded<{ stdout: string }>("native/check_http.jsonl", 10).map(({ stdout }) => stdout),
  tokens: [
    " ",
    "\t",
    "\0",
    "\n",
    "\x1b[31m",
    "\xc3\xa4",
    "\xff",
    "0.5s",
    "1.1.1 ms",
    "Timeticks: (",
    "rta=",
    "0",
    " @omd-worker/",
    "-1-2.entry",
  ],
  read: (given) => {
    insist(trimEnd(given).length <= given.length && trim(given) === trim(trim(given)), "blanks are left");
    insist(!/[\0-\x1f\x7f]/.test(withoutControls(readText(given))), "a control character is left");
    insist(toByteString(readText(given)) !== undefined, "no byte string");
    entryTime(given);
    findControlNames(given);
    return normalise(given).length - given.length;
  },
});

/** Files of a site, and what its programs print. */
export const SITE_FILES: readonly PureTarget[] = [SPOOL, OBJECTS, CORE_FILES, MULTI, LINES, TEXTS];
