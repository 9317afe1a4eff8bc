import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { hostname } from "node:os";
import { encodePacket, type Packet, type PacketOf, ProtocolError } from "../packet.ts";
import { PacketReader } from "../packet-reader.ts";
import { SUBMIT_PACKETS, type SubmitPacketName } from "../submit-packets.ts";
import { type BoardJob, JobBoard, type Peer } from "./job-board.ts";

export interface JobServerOptions {
  readonly host?: string;
  /** 0 takes any free port. */
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
const NUL = 0;
const LONGEST_UNIQUE = 64;
const LONGEST_TEXT = 1_024;

/**
 * A small job server in this process, for the demo and for tests. Towards workers and clients it behaves as
 * gearmand does, but it keeps nothing on disk and knows no limits: production is gearmand's business.
 */
export class JobServer {
  readonly #options: JobServerOptions;
  readonly #board = new JobBoard(`H:${hostname()}`);
  readonly #visitors = new Set<Visitor>();
  #server: Server | undefined;

  constructor(options: JobServerOptions = {}) {
    this.#options = options;
  }

  /** 0 while it is not started. */
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

  /** Drops all connections; the jobs stay for the next `start`. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = once(server, "close");
    server.close();
    for (const visitor of this.#visitors) visitor.socket.destroy();
    await closed;
  }

  #accept(socket: Socket): void {
    const visitor = new Visitor(socket);
    this.#visitors.add(visitor);
    const reader = new PacketReader({
      magic: "request",
      onPacket: (packet) => {
        const reply = this.#reply(visitor, packet);
        if (reply !== undefined) visitor.send(reply);
      },
    });
    socket
      .on("data", (chunk) => {
        try {
          if (visitor.isText(chunk)) this.#text(visitor, chunk);
          else reader.push(chunk);
        } catch (error) {
          if (!(error instanceof ProtocolError)) throw error;
          socket.destroy();
        }
      })
      // Nothing to do for a broken connection that "close" does not do.
      .on("error", () => {})
      .on("close", () => {
        this.#visitors.delete(visitor);
        this.#board.leave(visitor);
      });
  }

  /** Returns what the visitor is answered, if anything. */
  #reply(visitor: Visitor, packet: Packet): Packet | undefined {
    switch (packet.type) {
      case "CAN_DO":
      case "CAN_DO_TIMEOUT":
        this.#board.canDo(visitor, packet.queue);
        return undefined;
      case "CANT_DO":
        this.#board.cantDo(visitor, packet.queue);
        return undefined;
      case "RESET_ABILITIES":
        this.#board.resetAbilities(visitor);
        return undefined;
      case "PRE_SLEEP":
        this.#board.sleep(visitor);
        return undefined;
      case "GRAB_JOB":
      case "GRAB_JOB_UNIQ":
      case "GRAB_JOB_ALL":
        return assignment(packet, this.#board.take(visitor));
      case "SUBMIT_JOB":
      case "SUBMIT_JOB_HIGH":
      case "SUBMIT_JOB_LOW":
      case "SUBMIT_JOB_BG":
      case "SUBMIT_JOB_HIGH_BG":
      case "SUBMIT_JOB_LOW_BG":
        return this.#submit(visitor, packet);
      case "WORK_STATUS":
      case "WORK_DATA":
      case "WORK_WARNING":
      case "WORK_COMPLETE":
      case "WORK_FAIL":
      case "WORK_EXCEPTION":
        return this.#report(visitor, packet);
      case "ECHO_REQ":
        return { type: "ECHO_RES", data: packet.data };
      case "SET_CLIENT_ID":
        visitor.clientId = packet.clientId;
        return undefined;
    }
    return { type: "ERROR", code: "INVALID_COMMAND", text: "Command not expected" };
  }

  #submit(visitor: Visitor, { type, queue, unique, workload }: SubmitPacket): Packet {
    if (unique.length > LONGEST_UNIQUE) {
      return { type: "ERROR", code: "ARGUMENT_TOO_LARGE", text: "Unique value too large" };
    }
    const { priority, isForeground } = SUBMIT_PACKETS[type];
    // A copy: the workload is a view on all that came in the same chunk, and would keep that alive.
    const posting = { queue, unique, workload: Buffer.from(workload), priority };
    const handle = this.#board.post(isForeground ? { ...posting, client: visitor } : posting);
    return { type: "JOB_CREATED", handle };
  }

  #report(visitor: Visitor, packet: ReportPacket): Packet | undefined {
    const { type, handle } = packet;
    const job = this.#board.runningJob(visitor, handle);
    if (job === undefined) {
      return { type: "ERROR", code: "JOB_NOT_FOUND", text: "Job given in work result not found" };
    }
    // Clients see an exception as such only when they asked for that option, which we do not offer.
    const report: Packet = type === "WORK_EXCEPTION" ? { type: "WORK_FAIL", handle } : packet;
    for (const client of job.clients) client.send(report);
    if (report.type === "WORK_COMPLETE" || report.type === "WORK_FAIL") this.#board.finish(job);
    return undefined;
  }

  #text(visitor: Visitor, chunk: Buffer): void {
    for (const line of visitor.textLines(chunk)) visitor.sendText(this.#answer(line));
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
        return list([...this.#visitors].map((visitor, i) => this.#workerLine(visitor, i)));
      case "version":
        return `OK ${VERSION}\n`;
    }
    return "ERR UNKNOWN_COMMAND Unknown+server+command\r\n";
  }

  #workerLine(visitor: Visitor, index: number): string {
    const host = visitor.socket.remoteAddress ?? "-";
    return [`${index} ${host} ${visitor.clientId} :`, ...this.#board.queuesOf(visitor)].join(" ");
  }
}

/** One connection. The first byte tells whether it speaks the binary or the text protocol. */
class Visitor implements Peer {
  readonly socket: Socket;
  clientId = "-";
  #speaksText: boolean | undefined;
  #line = "";

  constructor(socket: Socket) {
    this.socket = socket;
  }

  /** What is sent in one turn of the event loop leaves in one write. */
  send(packet: Packet): void {
    if (this.socket.writableCorked === 0) {
      this.socket.cork();
      setImmediate(() => this.socket.uncork());
    }
    this.socket.write(encodePacket(packet, "response"));
  }

  sendText(text: string): void {
    this.socket.write(text, "latin1");
  }

  isText(chunk: Buffer): boolean {
    this.#speaksText ??= chunk[0] !== NUL;
    return this.#speaksText;
  }

  /** The lines the chunk completes. */
  textLines(chunk: Buffer): readonly string[] {
    const lines = (this.#line + chunk.toString("latin1")).split(/\r?\n/);
    this.#line = lines.pop() ?? "";
    if (this.#line.length > LONGEST_TEXT) throw new ProtocolError("a text command without an end");
    return lines;
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
