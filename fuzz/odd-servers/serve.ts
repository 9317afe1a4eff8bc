import type { Socket } from "node:net";
import type { Serve } from "../../test/support/servers/fake-servers.ts";
import type { OddServer } from "./odd-server.ts";
import type { Protocol } from "./protocol.ts";

/** How long a server waits that hangs up on a client which says nothing. */
const IMPATIENT_MS = 700;

/** Serves each connection with what the server says. */
export function serveOddly(server: OddServer, protocol: Protocol): Serve {
  const { greets = false, sizeOf = ({ length }: Buffer) => length, isImpatient = false } = protocol;
  return (socket) => {
    let heard = Buffer.alloc(0);
    let turn = 0;
    const speak = () => {
      say(socket, server, turn);
      turn += 1;
    };
    socket.on("data", (data: Buffer) => {
      heard = Buffer.concat([heard, data]);
      for (let size = sizeOf(heard); size > 0 && size <= heard.length; size = sizeOf(heard)) {
        heard = heard.subarray(size);
        speak();
      }
    });
    if (isImpatient) socket.setTimeout(IMPATIENT_MS, () => socket.end());
    if (greets) speak();
  };
}

function say(socket: Socket, { turns, closes }: OddServer, turn: number): void {
  const bytes = turns[turn];
  if (bytes !== undefined && bytes.length > 0 && !socket.writableEnded) socket.write(bytes);
  if (closes && turn + 1 >= turns.length) socket.end();
}
