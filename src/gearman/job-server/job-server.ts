import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { hostname } from "node:os";
import { type Packet, type PacketOf, ProtocolError } from "../packet.ts";
import { PacketReader } from "../packet-reader.ts";
import { SUBMIT_PACKETS, type SubmitPacketName } from "../submit-packets.ts";
import { AcceptedConnection } from "./accepted-connection.ts";
import { type BoardJob, JobBoard } from "./job-board.ts";

export interface JobServerOptions {
  readonly host?: string;
  /** 0: any free port. */
  readonly port?: number;
}

type SubmitPacket = PacketOf<SubmitPacketName>;
type GrabPacket = PacketOf<"GRAB_JOB" | "GRAB_JOB_UNIQ" | "GRAB_JOB_ALL">;
type ReportPacket = Extract<
  Packet,
  {
    readonly type:
      | "WORK_STATUS"
      | "WORK_DATA"
      | "WORK_WARNING"
      | "WORK_COMPLETE"
      | "WORK_FAIL"
      | "WORK_EXCEPTION";
  }
>;

const VERSION = "built-in";
/** Bytes. */
const MAX_UNIQUE = 64;

/**
 * A small job server in this process, for the demo and for tests. Workers and clients see the behaviour of
 * gearmand. It keeps nothing on disk and has no limits, so it is not made for production.
 */
export class JobServer {
  readonly #options: JobServerOptions;
  readonly #board = new JobBoard(`H:${hostname()}`);
  readonly #connections = new Set<AcceptedConnection>();
  #server: Server | undefined;

  constructor(options: JobServerOptions = {}) {
    this.#options = options;
  }

  /** 0 while the server is not started. */
  get port(): number {
    const address = this.#server?.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  async start(): Promise<void> {
    const { host = "127.0.0.1", port = 0 } = this.#options;
    const server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
    server.listen(port, host);
    await once(server, "listening");
    this.#server = server;
  }

  /** Closes all connections. The jobs stay for the next `start`. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = once(server, "close");
    server.close();
    for (const connection of this.#connections) connection.socket.destroy();
    await closed;
  }

  #accept(socket: Socket): void {
    const connection = new AcceptedConnection(socket);
    this.#connections.add(connection);
    const reader = new PacketReader({
      magic: "request",
      onPacket: (packet) => {
        const reply = this.#reply(connection, packet);
        if (reply !== undefined) connection.send(reply);
      },
    });
    socket
      .on("data", (chunk) => {
        try {
          if (connection.isText(chunk)) this.#text(connection, chunk);
          else reader.push(chunk);
        } catch (error) {
          if (!(error instanceof ProtocolError)) throw error;
          socket.destroy();
        }
      })
      // A broken connection is handled by "close".
      .on("error", () => {})
      .on("close", () => {
        this.#connections.delete(connection);
        this.#board.leave(connection);
      });
  }

  /** Returns the reply, if there is one. */
  #reply(connection: AcceptedConnection, packet: Packet): Packet | undefined {
    switch (packet.type) {
      case "CAN_DO":
      case "CAN_DO_TIMEOUT":
        this.#board.canDo(connection, packet.queue);
        return undefined;
      case "CANT_DO":
        this.#board.cantDo(connection, packet.queue);
        return undefined;
      case "RESET_ABILITIES":
        this.#board.resetAbilities(connection);
        return undefined;
      case "PRE_SLEEP":
        this.#board.sleep(connection);
        return undefined;
      case "GRAB_JOB":
      case "GRAB_JOB_UNIQ":
      case "GRAB_JOB_ALL":
        return assignment(packet, this.#board.take(connection));
      case "SUBMIT_JOB":
      case "SUBMIT_JOB_HIGH":
      case "SUBMIT_JOB_LOW":
      case "SUBMIT_JOB_BG":
      case "SUBMIT_JOB_HIGH_BG":
      case "SUBMIT_JOB_LOW_BG":
        return this.#submit(connection, packet);
      case "WORK_STATUS":
      case "WORK_DATA":
      case "WORK_WARNING":
      case "WORK_COMPLETE":
      case "WORK_FAIL":
      case "WORK_EXCEPTION":
        return this.#report(connection, packet);
      case "ECHO_REQ":
        return { type: "ECHO_RES", data: packet.data };
      case "SET_CLIENT_ID":
        connection.clientId = packet.clientId;
        return undefined;
    }
    return { type: "ERROR", code: "INVALID_COMMAND", text: "Command not expected" };
  }

  #submit(connection: AcceptedConnection, { type, queue, unique, workload }: SubmitPacket): Packet {
    if (unique.length > MAX_UNIQUE) {
      return { type: "ERROR", code: "ARGUMENT_TOO_LARGE", text: "Unique value too large" };
    }
    const { priority, isForeground } = SUBMIT_PACKETS[type];
    // A copy: the workload is a view on everything that came in the same chunk, and would keep all of it
    // alive.
    const posting = { queue, unique, workload: Buffer.from(workload), priority };
    const handle = this.#board.post(isForeground ? { ...posting, client: connection } : posting);
    return { type: "JOB_CREATED", handle };
  }

  #report(connection: AcceptedConnection, packet: ReportPacket): Packet | undefined {
    const { type, handle } = packet;
    const job = this.#board.runningJob(connection, handle);
    if (job === undefined) {
      return { type: "ERROR", code: "JOB_NOT_FOUND", text: "Job given in work result not found" };
    }
    // Clients see an exception only if they have asked for that option, which this server does not offer.
    const report: Packet = type === "WORK_EXCEPTION" ? { type: "WORK_FAIL", handle } : packet;
    for (const client of job.clients) client.send(report);
    if (report.type === "WORK_COMPLETE" || report.type === "WORK_FAIL") this.#board.finish(job);
    return undefined;
  }

  #text(connection: AcceptedConnection, chunk: Buffer): void {
    for (const line of connection.textLines(chunk)) connection.sendText(this.#answer(line));
  }

  #answer(command: string): string {
    switch (command.toLowerCase()) {
      case "status":
        return list(
          [...this.#board.queues].map(({ name, total, running, workers }) =>
            [name, total, running, workers.size].join("\t"),
          ),
        );
      case "workers":
        return list([...this.#connections].map((connection, i) => this.#workerLine(connection, i)));
      case "version":
        return `OK ${VERSION}\n`;
    }
    return "ERR UNKNOWN_COMMAND Unknown+server+command\r\n";
  }

  #workerLine(connection: AcceptedConnection, index: number): string {
    const host = connection.socket.remoteAddress ?? "-";
    return [`${index} ${host} ${connection.clientId} :`, ...this.#board.queuesOf(connection)].join(" ");
  }
}

function assignment({ type }: GrabPacket, job: BoardJob | undefined): Packet {
  if (job === undefined) return { type: "NO_JOB" };
  const { handle, unique, workload } = job;
  const queue = job.queue.name;
  // gearmand answers GRAB_JOB_ALL with JOB_ASSIGN_ALL only for jobs with a reducer.
  if (type === "GRAB_JOB") return { type: "JOB_ASSIGN", handle, queue, workload };
  return { type: "JOB_ASSIGN_UNIQ", handle, queue, unique, workload };
}

function list(lines: readonly string[]): string {
  return [...lines, ".\n"].join("\n");
}
