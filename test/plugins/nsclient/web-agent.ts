import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { Serve } from "../../support/servers/fake-servers.ts";

/** Answers of a real SNClient 0.49, by path. */
const RECORDED: readonly { readonly path: string; readonly body: string }[] = readFileSync(
  new URL("../../fixtures/native/snclient_rest_bodies.jsonl", import.meta.url),
  "utf8",
)
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line));

/** One value of the perfdata in the legacy form. */
const value = (text: string, kind = "float_value") =>
  `{"payload":[{"command":"x","lines":[{"message":"m","perf":[{"alias":"a b","${kind}":{${text}}}]}],"result":"OK"}]}`;
const legacy = (payload: string) => `{"header":{"source_id":""},"payload":[${payload}]}`;
const result = (word: string) => legacy(`{"command":"c","lines":[{"message":" m "}],"result":${word}}`);
const v1 = (lines: string, code = "0") => `{"command":"x","lines":${lines},"result":${code}}`;

/** Bodies that an agent could send, by the command that asks for them. */
export const BODIES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(RECORDED.map(({ path, body }) => [commandOf(path), body])),
  numbers: value(
    '"value":1234567.5,"unit":"B","warning":80,"critical":216442539213,"minimum":-0,"maximum":1e22',
  ),
  small: value('"value":0.00000015,"warning":0.00001,"critical":0.0001,"minimum":1e-7,"maximum":123456'),
  ties: value('"value":0.125,"unit":"s","warning":2.5,"critical":1e6,"minimum":0.5,"maximum":1.005'),
  whole: value('"value":42,"unit":"%","warning":"80","critical":"@1:2"', "int_value"),
  texts: value('"value":"12.5","unit":null,"warning":null,"critical":""'),
  without: value('"unit":"B"'),
  both: '{"payload":[{"lines":[{"message":"a","perf":[{"alias":"x","int_value":{"value":1},"float_value":{"value":2.5}},{"alias":"y"}]},{"message":"b\\nc  "}],"result":"WARNING"}]}',
  words: result('"warning"'),
  digits: result('"2"'),
  odd: result('"NOTHING"'),
  none: legacy(""),
  empty: "{}",
  nothing: "null",
  text: "no json at all",
  behind: `${result('"OK"')} x`,
  wrongtype: legacy('{"command":1,"lines":[],"result":"OK"}'),
  wrongcase: '{"Payload":[{"lines":[{"message":"case"}],"result":"OK"}]}',
  twice: '{"payload":[],"payload":[{"lines":[{"message":"twice"}],"result":"OK"}]}',
  escapes: result('"OK"').replace(" m ", '\\u00e9 \\ud83d\\ude00 <&> \\"q\\" \\ud800 \\u2028 é | x=1'),
  bool: value('"value":true'),
  v1many: v1(
    '[{"message":" one ","perf":{"z":{"value":1},"a":{"value":2.5,"unit":"s"},"é":{"value":"3"}}},{"message":"two","perf":null}]',
    "1",
  ),
  v1lines: v1("null", "2"),
  v1none: v1("[]", "3"),
  v1code: v1('[{"message":"high"}]', "77"),
  v1fraction: v1("[]", "1.5"),
  v1point: v1("[]", "1.0"),
  v1power: v1("[]", "1e0"),
  v1text: v1("[]", '"OK"'),
  large: result('"OK"').replace(" m ", "x".repeat(200_000)),
};

function commandOf(path: string): string {
  const [name = ""] = path.replace(/^query\/|^api\/v1\/queries\//, "").split(/[/?]/);
  return path.startsWith("api") ? `v1${name}` : name;
}

type Answer = (socket: Socket, body: string) => void;

function head(length: number, status = "200 OK"): string {
  return `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;
}

const send: Answer = (socket, body) => {
  const bytes = Buffer.from(body);
  socket.write(Buffer.concat([Buffer.from(head(bytes.length)), bytes]));
};

/** What an agent may do instead of an answer, by command. */
export const WAYS: Readonly<Record<string, Answer>> = {
  forbidden: (socket) => void socket.write(`${head(3, "403 Forbidden")}no\n`),
  missing: (socket) => void socket.write(`${head(0, "404 Not Found")}`),
  broken: (socket) => void socket.end(`${head(0, "500 Oh no")}`),
  unnamed: (socket) => void socket.write(`${head(0, "503 ")}`),
  silent: () => {},
  closes: (socket) => void socket.end(),
  three: (socket) => void socket.end("abc"),
  resets: (socket) => void (socket instanceof TLSSocket ? socket.destroy() : socket.resetAndDestroy()),
  short: (socket) => void socket.end(`${head(500)}{"payload"`),
  stuck: (socket) => void socket.write(`${head(500)}{"payload"`),
  chunked: (socket) =>
    void socket.write(
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${[...chunks(BODIES["both"] ?? "")].join("")}0\r\n\r\n`,
    ),
  unframed: (socket) => void socket.end(`HTTP/1.1 200 OK\r\n\r\n${BODIES["both"]}`),
  http10: (socket) => void socket.end(`HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}`),
  redirect: (socket) => void socket.write(head(0, "302 Found\r\nLocation: /elsewhere")),
  away: (socket) => void socket.write(head(0, "302 Found\r\nLocation: http://127.0.0.1:1/")),
  loop: (socket) => void socket.write(head(0, "302 Found\r\nLocation: /query/loop")),
  unredirected: (socket) => void socket.write(head(0, "302 Found")),
  lastone: (socket, body) => {
    send(socket, body);
    socket.end();
  },
};

function* chunks(body: string): Generator<string> {
  const bytes = Buffer.from(body);
  for (let at = 0; at < bytes.length; at += 7) {
    const part = bytes.subarray(at, at + 7);
    yield `${part.length.toString(16)}\r\n${part}\r\n`;
  }
}

/** An SNClient: it answers what the path names. Requests are told to `onRequest`. */
export function webAgent(onRequest: (request: string) => void = () => {}): Serve {
  return (socket) => {
    let received = "";
    socket.setEncoding("latin1").on("data", (text) => {
      received += text;
      for (let end = received.indexOf("\r\n\r\n"); end >= 0; end = received.indexOf("\r\n\r\n")) {
        const request = received.slice(0, end);
        received = received.slice(end + 4);
        onRequest(request);
        answer(socket, request);
      }
    });
  };
}

function answer(socket: Socket, request: string): void {
  const [, path = ""] = request.split(" ");
  const isV1 = path.includes("/api/v1/");
  const [, command = "", words] = /\/(?:query|queries)\/([^/?]*)[^?]*(?:\?(.*))?$/.exec(path) ?? [];
  const body = BODIES[isV1 ? `v1${command}` : command] ?? BODIES[command] ?? echo(path, words, isV1);
  (WAYS[command] ?? send)(socket, body);
}

/** Tells what was asked for. */
function echo(path: string, words = "", isV1 = false): string {
  const message = JSON.stringify(`${path} ${words}`);
  if (isV1) return v1(`[{"message":${message}}]`);
  return `{"payload":[{"command":"echo","lines":[{"message":${message}}],"result":"OK"}]}`;
}
