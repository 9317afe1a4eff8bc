import type { Socket } from "node:net";
import type { TlsOptions } from "node:tls";
import type { Check } from "../../../sdk/index.ts";
import { CheckDeclined } from "../../../sdk/index.ts";
import type { SettingValues } from "../../../sdk/setting.ts";
import { SharedValues } from "../../../sdk/shared.ts";
import { runCheck } from "../../../sdk/testing.ts";
import { FakeServers } from "../../../test/support/servers/fake-servers.ts";
import { cutUp } from "../../engine/cut.ts";
import type { ServedTarget } from "../../engine/target.ts";

/** A check, and what a server does with the bytes of an input. */
export interface HostileServer extends Pick<ServedTarget, "name" | "samples" | "tokens"> {
  readonly checks: readonly { readonly check: Check; readonly words: (port: number) => string }[];
  /** The default sends the bytes at once, and closes the connection. */
  readonly serve?: (socket: Socket, bytes: Buffer) => void;
  readonly settings?: SettingValues;
  /** The server encrypts, and sends the bytes after the handshake. */
  readonly tls?: () => TlsOptions;
}

/** The bytes of a longer answer come in pieces, the first few of them apart. */
const MOST_PIECES = 4;

export function sendAndClose(socket: Socket, bytes: Buffer): void {
  send(socket, bytes);
  socket.end();
}

export function send(socket: Socket, bytes: Buffer): void {
  const pieces = cutUp(bytes);
  const first = pieces.slice(0, MOST_PIECES);
  for (const piece of [...first, Buffer.concat(pieces.slice(MOST_PIECES))])
    if (piece.length > 0 && !socket.destroyed) socket.write(piece);
}

/** Runs checks against a server that sends what no server should. What checks share is kept meanwhile. */
export function hostileServer({
  checks,
  serve = sendAndClose,
  settings = new Map(),
  tls,
  ...about
}: HostileServer): ServedTarget {
  return {
    ...about,
    kind: "served",
    mayThrow: [CheckDeclined],
    most: 1 << 18,
    start: async () => {
      const servers = new FakeServers();
      let input = Buffer.alloc(0);
      let turn = 0;
      const give = (socket: Socket) => serve(socket, input);
      const port = tls === undefined ? await servers.tcp(give) : await servers.tls(tls(), give);
      const shared = new SharedValues({ log: () => {}, settings: () => settings });
      return {
        read: async (bytes) => {
          input = Buffer.from(bytes);
          const at = checks[turn % checks.length];
          turn += 1;
          if (at === undefined) return undefined;
          const { returnCode, output } = await runCheck(at.check, at.words(port), { shared });
          return { returnCode, said: output.replace(/[0-9]+/g, "#") };
        },
        [Symbol.asyncDispose]: async () => {
          await shared[Symbol.asyncDispose]();
          await servers[Symbol.asyncDispose]();
        },
      };
    },
  };
}
