import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { checkBySsh } from "../../../plugins/ssh/check_by_ssh.ts";
import { SharedValues } from "../../../sdk/shared.ts";
import { runCheck } from "../../../sdk/testing.ts";
import { checkLeaks } from "../../support/leaks.ts";
import { FakeServers } from "../../support/servers/fake-servers.ts";
import { SshServer, type SshServerOptions } from "./ssh-server.ts";

const IDENT = "SSH-2.0-OpenSSH_9.2p1\r\n";

/** Writes the same text without end, as fast as the other side reads it. */
function pour(text: string): (socket: Socket) => void {
  const chunk = Buffer.from(text.repeat(1_000));
  return (socket) => {
    const write = () => {
      while (socket.writable && socket.write(chunk));
    };
    socket.on("drain", write);
    write();
  };
}

function drip(text: string): (socket: Socket) => void {
  return (socket) => {
    const timer = setInterval(() => socket.write(text), 50);
    socket.once("close", () => clearInterval(timer));
  };
}

type Serve = (socket: Socket) => void;

/** Servers, named by what they do. */
const FRAUDS: Readonly<Record<string, Serve>> = {
  "drops who comes": (socket) => socket.destroy(),
  "resets who comes": (socket) => socket.resetAndDestroy(),
  "drops who has heard its version": (socket) => socket.end(IDENT),
  "pours out lines before its version": pour("no version here\r\n"),
  "pours out a line without an end": pour("x"),
  "pours out zeros": pour("\0"),
  "speaks HTTP": (socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"),
  "pours out packets": pour(`${IDENT}\0\0\0\x0c\x0a\x02`),
  "announces a packet of 4 GB": (socket) => socket.write(`${IDENT}\xff\xff\xff\xff\x00\x14`, "latin1"),
  "sends junk for a key exchange": (socket) => socket.write(`${IDENT}\0\0\0\x0c\x04\x14${"j".repeat(11)}`),
};

/** What they will do cannot be known, so the plugin gets nearly all of the time. */
const SILENT_ONES: Readonly<Record<string, Serve>> = {
  "says nothing": () => {},
  "says its version and no more": (socket) => socket.write(IDENT),
  "lets a line drip": drip("x"),
  "lets lines drip": drip("x\r\n"),
};

const LATE_FRAUDS: Readonly<Record<string, SshServerOptions>> = {
  "never answers a login": { isMute: true },
  "allows no session": { allowsSession: () => false },
  "has a banner that is not plain": { banner: "\u001b[2J" },
};

const ENDLESS_ONES: Readonly<Record<string, SshServerOptions>> = {
  "never answers a request for a channel": { allowsSession: () => undefined },
  "never ends a command": { serve: () => {} },
  "says too much on stderr": { serve: (channel) => channel.stderr.write("x".repeat(100_000)) },
  "ends a command that has said too much on stderr": {
    serve(channel) {
      channel.stderr.write("x".repeat(100_000));
      channel.exit(0);
      channel.end();
    },
  },
};

const FLOOD: SshServerOptions = {
  serve(channel) {
    const write = () => {
      while (channel.writable && channel.write(Buffer.alloc(32_768)));
    };
    channel.on("drain", write);
    write();
  },
};

const TIME_IS_UP = "CRITICAL - Plugin timed out after 1 seconds";

/** The answer within a second. `declined` where the plugin has to answer. */
async function answer(words: readonly string[]): Promise<string> {
  await using shared = new SharedValues({ log: () => {} });
  return await runCheck(checkBySsh, [...words, "-F", "none", "-t", "1", "-C", "true"], { shared }).then(
    ({ output }) => output,
    (error: Error) => (error.name === "CheckDeclined" ? "declined" : String(error)),
  );
}

async function askFake(serve: Serve): Promise<string> {
  await using servers = new FakeServers();
  const port = await servers.tcp(serve);
  return await answer(["-H", "127.0.0.1", "-p", String(port)]);
}

async function askServer(options: SshServerOptions): Promise<string> {
  await using server = await SshServer.start(options);
  return await answer(server.words);
}

describe("a check ends in time and has released everything", () => {
  checkLeaks();

  it.each(Object.entries({ ...FRAUDS, ...SILENT_ONES }))("where a server %s", async (_, serve) => {
    expect(await askFake(serve)).toBe("declined");
  });

  it.each(Object.entries(LATE_FRAUDS))("where a server %s", async (_, options) => {
    expect(await askServer(options)).toBe("declined");
  });

  it(`where a server ${Object.keys(ENDLESS_ONES).join(", or ")}`, async () => {
    const answers = await Promise.all(Object.values(ENDLESS_ONES).map(askServer));
    expect(answers).toEqual(answers.map(() => TIME_IS_UP));
  });

  it("where a server sends the same text without end", async () => {
    expect(await askServer(FLOOD)).toBe(TIME_IS_UP);
  });
});
