import { crc32 } from "node:zlib";
import {
  TYPES as DNS_TYPES,
  type DnsQuestion,
  decodeReply,
  encodeQuestion,
} from "../../../plugins/dns/message.ts";
import { judgeAge } from "../../../plugins/http/dates.ts";
import { AnswerEnd } from "../../../plugins/http/framing.ts";
import { findHeaderEnd, isChunked, isPlainFromHere, readPage, unchunk } from "../../../plugins/http/page.ts";
import { followRedirect, type Hop } from "../../../plugins/http/redirect.ts";
import { Printed } from "../../../plugins/nrpe/printed.ts";
import { printPacket } from "../../../plugins/nrpe/reply.ts";
import { splitAnswer } from "../../../plugins/nsclient/agent.ts";
import { readLegacy, readV1, UnsureBody } from "../../../plugins/nsclient/web/body.ts";
import { renderJson, renderResult } from "../../../plugins/nsclient/web/printed.ts";
import { CheckDeclined, CheckFailure } from "../../../sdk/index.ts";
import { cutUp } from "../../engine/cut.ts";
import type { Random } from "../../engine/random.ts";
import {
  insist,
  type PureTarget,
  QUICK,
  type ServedTarget,
  soon,
  type Target,
  text,
} from "../../engine/target.ts";
import { latin1, readRecords } from "../samples.ts";

const PAGES = [
  "HTTP/1.1 200 OK\r\nDate: Mon, 23 Nov 2026 06:47:48 GMT\r\nLast-Modified: Sun, 22 Nov 2026 06:47:48 GMT\r\nContent-Length: 5\r\n\r\nhello",
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n",
  "HTTP/1.0 302 Found\r\nLocation: http://a.example:8080/x?y\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\n\r\n",
  "HTTP/1.1 301 Moved\nlocation:\r\n  /folder/page\n\nbody",
  "HTTP/1.1 204 None\r\n\r\n",
  "<html>no header</html>\n",
];
const HTTP = [
  "HTTP/1.1 200 ",
  "\r\n",
  "\n",
  "\r",
  "\r\n\r\n",
  "Location: ",
  "Transfer-Encoding: chunked\r\n",
  "Content-Length: ",
  "Connection: close\r\n",
  "Date: ",
  "0\r\n\r\n",
  "7fffffff\r\n",
  "ffffffffffffffffff\r\n",
  " ",
  "\t",
  ";",
  ":",
  "//",
  "\0",
  "-1",
];
const HOP: Hop = {
  scheme: "http",
  depth: 0,
  target: {
    address: "127.0.0.1",
    port: 80,
    hostName: undefined,
    hostPort: 80,
    url: "/a/b",
    usesTls: false,
  },
};

const PAGE: PureTarget = text("http-page", {
  mayThrow: [CheckFailure],
  samples: () => PAGES,
  tokens: HTTP,
  read: (given) => {
    const page = readPage(given);
    insist(
      page.statusLine.length + page.header.length + page.body.length <= given.length,
      "parts longer than the answer",
    );
    findHeaderEnd(given);
    isPlainFromHere(given);
    judgeAge(page.header, 3600);
    const rules = { maximum: 5, keepsAddress: false, keepsPort: false };
    const { target } = followRedirect(page, HOP, { rules, end: "" });
    insist(
      target.port <= 65_535 && !/[\r\n ]/.test(target.url + target.address),
      "a target with a line break",
    );
    return [isChunked(page.header), target];
  },
});

/** The plugin takes other fields for this one, and looks at no other beside it. */
const IN_CHUNKS = /^(?!.*\ncontent-length:)(?:.*\n)?transfer-encoding: chunked\r\n/is;

/** The end of an answer on a kept connection is where it is, however the answer is cut. */
const FRAMING: ServedTarget = soon("http-framing", {
  shortRuns: 2_000,
  samples: () => latin1(...PAGES),
  tokens: HTTP,
  most: 1 << 17,
  read: async (bytes) => {
    const whole = new AnswerEnd("GET").put(bytes.toString("latin1"));
    const inPieces = putPieces(cutUp(bytes));
    insist(
      whole === inPieces || whole === "unclear" || inPieces === "unclear",
      `${whole} as a whole, ${inPieces} in pieces`,
    );
    const { header, body } = readPage(bytes.toString("latin1"));
    const joined = await unchunk(body, new AbortController().signal);
    insist((joined?.length ?? 0) <= bytes.length, "chunks that are longer than the answer");
    if (whole === "complete" && IN_CHUNKS.test(header))
      insist(joined !== undefined, "chunks without an end are complete");
    return [whole, joined === undefined];
  },
});

function putPieces(pieces: readonly Buffer[]): string {
  const end = new AnswerEnd("GET");
  let progress = "open";
  for (const piece of pieces) {
    progress = end.put(piece.toString("latin1"));
    if (progress === "unclear") return progress;
  }
  return progress;
}

const BODIES = readRecords<{ body: string }>("native/snclient_rest_bodies.jsonl").map(({ body }) =>
  Buffer.from(body).toString("latin1"),
);

const NSC_WEB: PureTarget = {
  name: "nsc-web-body",
  kind: "pure",
  mayThrow: [UnsureBody],
  samples: () =>
    latin1(
      ...BODIES,
      '{"command":"x","lines":[{"message":"m","perf":{"z":{"value":1},"a":{"value":2.5,"unit":"s"}}}],"result":1}',
    ),
  tokens: [
    '"',
    '\\"',
    "\\",
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "null",
    '"perf":',
    '"value":',
    '"__proto__":',
    "1e308",
    "\\ud800",
    " ",
    '"a":',
    "-0",
  ],
  read: (bytes) => {
    const results = [readV1, readLegacy].map((read) => {
      try {
        return read(bytes);
      } catch (error) {
        if (error instanceof UnsureBody) return error;
        throw error;
      }
    });
    for (const result of results) {
      if (result === undefined || result instanceof UnsureBody) continue;
      renderResult(result, 2);
      renderJson(result);
    }
    return results.map((result) => (result instanceof UnsureBody ? result.message : result));
  },
};

const NT: PureTarget = text("nsclient-answer", {
  shortRuns: QUICK,
  samples: () => ["1&2&3", "90&&10", "NSClient++ 0.5.2.35"],
  tokens: ["&", "\0", "ERROR", "%"],
  read: (given) => splitAnswer(given),
});

const NRPE: PureTarget = {
  name: "nrpe-packet",
  shortRuns: QUICK,
  kind: "pure",
  samples: () =>
    [2, 3, 4].flatMap((version) =>
      latin1(`${String.fromCharCode(version)}\0\0OK - all good | 'a'=1;2;3;0;10`),
    ),
  tokens: ["\0", "Invalid packet version.3", "\n", "|"],
  make: (random) => Buffer.from(Array.from({ length: 3 + random.below(60) }, () => random.below(256))),
  read: (bytes) => {
    const version = ([2, 3, 4] as const)[(bytes[0] ?? 0) % 3] ?? 2;
    const isRight = (bytes[1] ?? 0) % 4 !== 0;
    const header = Buffer.alloc(10, (bytes[2] ?? 0) % 8);
    const given = bytes.subarray(3);
    const rest = version === 2 ? Buffer.concat([given, Buffer.alloc(1026)]).subarray(0, 1026) : given;
    header.writeUInt32BE(isRight ? checksum({ version, header, rest }) : 0, 4);
    const printed = new Printed(false);
    const code = printPacket({ version, header, rest }, printed);
    const { output } = printed.end({ returnCode: code ?? 0, first: "" });
    insist(output.length <= rest.length + 60, "an output longer than the packet");
    return [code, output.length];
  },
};

function checksum({
  version,
  header,
  rest,
}: {
  readonly version: 2 | 3 | 4;
  readonly header: Buffer;
  readonly rest: Buffer;
}): number {
  const start = Buffer.from(header).fill(0, 4, 8);
  if (version === 2) return crc32(rest, crc32(start));
  const length = Buffer.alloc(6);
  length.writeUInt32BE(rest.length, 2);
  return crc32(Buffer.alloc(version === 3 ? 3 : 0), crc32(rest, crc32(length, crc32(start))));
}

const QUESTION: DnsQuestion = { id: 0x1234, name: "web1.example", type: DNS_TYPES.A };

/** Name servers. The answer has the head of a right one. */
const DNS: PureTarget = {
  name: "dns-reply",
  kind: "pure",
  mayThrow: [CheckDeclined],
  samples: () => [
    makeReply([Buffer.from("c00c00010001000000050004", "hex"), Buffer.from([10, 0, 0, 1])]),
    makeReply([]),
  ],
  tokens: [
    "\xc0\x0c",
    "\xc0\x00",
    "\0\x01\0\x01",
    "\0\x05\0\x01",
    "\0\x1c\0\x01",
    "\x04web1",
    "\x3f",
    "\0\0\0\x05",
  ],
  make: (random) => makeReply(Array.from({ length: random.below(4) }, () => makeAnswer(random))),
  read: (bytes) => decodeReply(bytes, QUESTION),
};

function makeReply(answers: readonly Buffer[]): Buffer {
  const reply = Buffer.concat([encodeQuestion(QUESTION), ...answers]);
  reply.writeUInt16BE(0x8180, 2);
  reply.writeUInt16BE(answers.length === 2 ? 1 : answers.length, 6);
  return reply;
}

function makeAnswer(random: Random): Buffer {
  const [data = Buffer.alloc(0)] = latin1(
    random.pick(["\x0a\0\0\x01", "\xc0\x0c", "\x01a\xc0\x0c", "\0", "\xc0\x2a"]),
  );
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc000 + random.pick([12, 0, 17, 41, 60]), 0);
  head.writeUInt16BE(random.pick([1, 5, 12, 28, 2]), 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(data.length + (random.once(4) ? 1 : 0), 10);
  return Buffer.concat([head, data]);
}

/** Answers of servers, as far as they can be read without a socket. */
export const ANSWERS: readonly Target[] = [PAGE, FRAMING, NSC_WEB, NT, NRPE, DNS];
