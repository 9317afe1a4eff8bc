import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";

const PORT = 1434;
const ONE_INSTANCE = 4;

/** SQL Server Browser: says on UDP 1434 which port an instance has, MS-SQLR. */
export class SqlBrowser implements AsyncDisposable {
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** @param ports the instances by their names */
  static async start(ports: Readonly<Record<string, number>>, address = "127.0.0.1"): Promise<SqlBrowser> {
    const socket = createSocket("udp4");
    socket.on("message", (request, { port, address: from }) => {
      const answer = answerTo(request, ports);
      if (answer !== undefined) socket.send(answer, port, from);
    });
    socket.bind(PORT, address);
    await once(socket, "listening");
    return new SqlBrowser(socket);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    await once(this.#socket, "close");
  }
}

/** A server does not answer for an instance that it does not have. */
function answerTo(request: Buffer, ports: Readonly<Record<string, number>>): Buffer | undefined {
  const wanted = request.toString("latin1", 1).replace(/\0.*$/, "");
  const all = Object.entries(ports).filter(
    ([name]) => request[0] !== ONE_INSTANCE || name.toUpperCase() === wanted.toUpperCase(),
  );
  if (all.length === 0) return undefined;
  const text = all
    .map(
      ([name, port]) =>
        `ServerName;TDSTEST;InstanceName;${name};IsClustered;No;Version;15.0.2000.5;tcp;${port};;`,
    )
    .join("");
  const head = Buffer.alloc(3);
  head.writeUInt8(5, 0);
  head.writeUInt16LE(text.length, 1);
  return Buffer.concat([head, Buffer.from(text, "latin1")]);
}
