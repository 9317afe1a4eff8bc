import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { controlAddress, controlName } from "../../../src/control/address.ts";
import { askWorker, ControlFailure } from "../../../src/control/client.ts";
import type { ControlTarget } from "../../../src/control/commands.ts";
import { PROTOCOL } from "../../../src/control/protocol.ts";
import { ControlServer } from "../../../src/control/server.ts";
import { MetricsServer } from "../../../src/metrics/http-server.ts";
import { Login } from "../../../src/page/web/login.ts";
import { StatusPage } from "../../../src/page/web/status-page.ts";
import { renderEvent } from "../../../src/page/web/viewers.ts";
import { readAll, readLines } from "../../../src/tools/send/input.ts";
import { cutUp } from "../../engine/cut.ts";
import { insist, type ServedTarget, soon } from "../../engine/target.ts";
import { JSON_MARKS, latin1 } from "../samples.ts";
import { sendAndClose } from "./hostile.ts";
import { talk } from "./job-servers.ts";

const log = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };
const JSON_WORDS = [
  ...JSON_MARKS,
  '"command":',
  '"args":',
  '"proof":',
  "\n",
  "\\u0000",
  "1e999",
  '"__proto__":',
];

/** What the control socket does, if it is ever let. */
const faulty: ControlTarget = {
  worker: {
    status: () => ({ shadow: { checks: {} } }),
    drain: refuse,
    resume: refuse,
    setShadowShare: refuse,
  },
  reload: refuse,
  setDebug: refuse,
} as unknown as ControlTarget;

function refuse(): never {
  throw new Error("a command that changes something was run without a proof");
}

const CONTROL: ServedTarget = {
  name: "control-socket",
  kind: "served",
  samples: () =>
    latin1(
      '{"command":"status"}\n',
      '{"command":"drain","args":[],"proof":"00"}\n',
      '{"command":"log-level","args":["trace"]}\n',
    ),
  tokens: [...JSON_WORDS, "status", "drain", "reload", "shadow", "toString", "constructor"],
  most: 65_536,
  start: async () => {
    const identifier = randomUUID();
    const complaints: unknown[] = [];
    const server = new ControlServer({
      target: faulty,
      version: "1",
      log: { ...log, warn: (...said: unknown[]) => complaints.push(said) },
    });
    await server.listen(identifier);
    return {
      read: async (bytes) => {
        const said = (await talk(controlAddress(identifier), bytes)).toString("latin1");
        const lines = said.split("\n").filter((line) => line !== "");
        insist(complaints.length === 0, `the worker has a fault: ${JSON.stringify(complaints)}`);
        insist(
          lines.length <= 2 && lines.every((line) => typeof JSON.parse(line) === "object"),
          "an answer that is no line of JSON",
        );
        return lines[1] === undefined ? "none" : JSON.parse(lines[1]);
      },
      [Symbol.asyncDispose]: async () => server[Symbol.dispose](),
    };
  },
};

/** Another program may have taken the name of a worker's socket. */
const CLIENT: ServedTarget = {
  name: "control-client",
  kind: "served",
  mayThrow: [ControlFailure],
  samples: () =>
    latin1(
      `{"protocol":${PROTOCOL},"version":"1","pid":1,"uid":0,"nonce":"00"}\n{"ok":true,"result":{}}\n`,
      `{"protocol":${PROTOCOL + 1}}\n`,
      `{"protocol":${PROTOCOL},"tokenFile":"/etc/passwd"}\n{"ok":false,"error":"x"}\n`,
    ),
  tokens: [...JSON_WORDS, `{"protocol":${PROTOCOL}}\n`, '{"ok":true}', "null\n", "1\n", "[]\n"],
  most: 1 << 18,
  start: async () => {
    const name = controlName(randomUUID());
    let input = Buffer.alloc(0);
    const server = createServer((socket) => {
      socket.on("error", () => {}).resume();
      sendAndClose(socket, input);
    });
    server.listen(`\0${name}`);
    await once(server, "listening");
    return {
      read: async (bytes) => {
        input = Buffer.from(bytes);
        const asked = await Promise.allSettled([
          askWorker({ name, command: "status" }),
          askWorker({ name, command: "drain" }),
        ]);
        for (const each of asked)
          if (each.status === "rejected" && !(each.reason instanceof ControlFailure)) throw each.reason;
        return { said: asked.map(({ status }) => status).join() };
      },
      [Symbol.asyncDispose]: async () => {
        server.close();
        await once(server, "close");
      },
    };
  },
};

const WEB = [
  "GET / HTTP/1.1\r\n",
  "Host: a\r\n",
  "\r\n",
  "\n",
  "Connection: close\r\n",
  "Authorization: Basic ",
  "YTpi",
  "HEAD ",
  "POST ",
  "/metrics",
  "/events",
  "/assets/page.js",
  "?",
  "%00",
  "..",
  "Content-Length: 5\r\n",
  "Transfer-Encoding: chunked\r\n",
  "If-None-Match: *\r\n",
  "\0",
  "Upgrade: h2c\r\n",
  "Cookie: a=b\r\n",
  "Expect: 100-continue\r\n",
];
const ask = (path: string, more = "") =>
  `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${more}\r\n`;

const PAGE: ServedTarget = {
  name: "metrics-and-page",
  kind: "served",
  samples: () =>
    latin1(
      ask("/"),
      ask("/metrics?x=1"),
      ask("/livez"),
      ask("/assets/page.js", "Authorization: Basic YTo=\r\n"),
      "HEAD /readyz HTTP/1.0\r\n\r\n",
    ),
  tokens: WEB,
  most: 65_536,
  start: async () => {
    const faults: unknown[] = [];
    const strict = { ...log, error: (...said: unknown[]) => faults.push(said) };
    const event = renderEvent("next", "{}");
    const page = new StatusPage({
      show: { look: async () => ({ whole: () => event, next: event }) },
      login: { check: async (header) => (header === undefined ? "right" : "wrong") },
      log: strict,
    });
    const metrics = { contentType: "text/x", render: async () => "a 1\n" };
    const server = new MetricsServer({
      status: () => ({ state: "open", jobServers: [] }),
      metrics,
      page,
      log: strict,
    });
    const port = (await server.listen({ host: "127.0.0.1", port: 0 })) ?? 0;
    const livez = Buffer.from(ask("/livez"));
    return {
      read: async (bytes) => {
        // A viewer of /events stays until the server drops it.
        const isEvents = bytes.includes("/events");
        const said = isEvents ? "" : (await talk(port, bytes)).toString("latin1");
        insist(faults.length === 0, `a fault is logged: ${String(faults[0])}`);
        insist(
          (await talk(port, livez)).toString().startsWith("HTTP/1.1 200 OK"),
          "the worker does not answer any more",
        );
        return { said: said.slice(0, 12) };
      },
      [Symbol.asyncDispose]: async () => {
        page[Symbol.dispose]();
        server[Symbol.dispose]();
      },
    };
  },
};

/** A header of a request, or the users of a file. */
const LOGIN: ServedTarget = soon("basic-auth", {
  shortRuns: 1_000,
  samples: () => latin1("Basic YTpi", "basic   YQ==", "Bearer x", "admin:$2y$05$abcdefghijklmnopqrstuv\n"),
  tokens: ["Basic ", " ", "=", ":", "YTpi", "\n", "$2y$", "\0"],
  most: 1 << 17,
  read: async (bytes) => {
    const given = bytes.toString("latin1");
    const verdict = await new Login("/none/such/file").check(given);
    insist(verdict === "unreadable", `${verdict} without a file of users`);
    insist((await new Login(`x${given}`).check(undefined)) === "wrong", "a login without a password");
    return [given.length, given.includes(":")];
  },
});

/** Standard input of send_gearman and send_multi. */
const INPUT: ServedTarget = soon("standard-input", {
  shortRuns: 1_000,
  samples: () => latin1("host\t0\tOK\nhost\tservice\t1\tW\n", "no end", "\n\n"),
  tokens: ["\n", "\t", "\0", "\r\n"],
  most: 1 << 18,
  read: async (bytes) => {
    const expected = bytes.toString("latin1").split("\n");
    if (expected.at(-1) === "") expected.pop();
    const lines: string[] = [];
    for await (const some of readLines(streamOf(bytes))) lines.push(...some);
    insist(lines.join("\n") === expected.join("\n"), "pieces are other lines than the whole");
    insist(
      (await readAll(streamOf(bytes))) === bytes.toString("latin1"),
      "pieces are another text than the whole",
    );
    return lines.length;
  },
});

async function* streamOf(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield* cutUp(bytes);
}

/** Sockets of the worker that everybody on the machine, or in the network, may speak to. */
export const WORKER_SOCKETS: readonly ServedTarget[] = [CONTROL, CLIENT, PAGE, LOGIN, INPUT];
