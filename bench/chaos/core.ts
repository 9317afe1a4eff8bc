import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { grabJobs } from "../load/grabber.ts";
import { encodePacket, PACKET, packetReader } from "../load/packets.ts";
import { envelope, jobText } from "../load/payload.ts";
import type { Protection } from "./variants.ts";
import { type ArrivedResult, readArrived } from "./verdict.ts";

const RECONNECT_MS = 100;

export interface CoreOptions {
  readonly port: number;
  /** The command line of a job; `%i` is its number. */
  readonly commandOf: (job: number) => string;
  /** They begin the names of the jobs, so that no other run has the same. */
  readonly prefix: string;
  readonly protection: Protection;
}

/**
 * What a core is to a worker: it submits jobs and takes results. It shares no code with the worker. A job
 * that gearmand had not confirmed when it died is submitted again.
 */
export class ChaosCore implements Disposable {
  readonly results: ArrivedResult[] = [];
  readonly resubmitted = new Set<number>();
  readonly #options: CoreOptions;
  readonly #crypt: ReturnType<typeof envelope>;
  readonly #sentAt = new Map<number, number>();
  #unsent: number[] = [];
  #unconfirmed: number[] = [];
  #submitting: Socket | undefined;
  readonly #stop = new AbortController();
  readonly #done = new Set<number>();

  constructor(options: CoreOptions) {
    this.#options = options;
    this.#crypt = envelope(options.protection.key);
    this.#stayConnected((socket) => this.#beginSubmitting(socket));
    this.#stayConnected((socket) => grabJobs(socket, "check_results", (workload) => this.#collect(workload)));
  }

  /** Jobs that have a result. */
  get done(): number {
    return this.#done.size;
  }

  submit(job: number): void {
    this.#sentAt.set(job, performance.now());
    this.#unsent.push(job);
    this.#send();
  }

  [Symbol.dispose](): void {
    this.#stop.abort();
  }

  #stayConnected(use: (socket: Socket) => void): void {
    const { signal } = this.#stop;
    const again = () => {
      if (signal.aborted) return;
      const socket = openSocket(this.#options);
      const end = () => socket.destroy();
      signal.addEventListener("abort", end);
      socket
        .on(this.#options.protection.pki === undefined ? "connect" : "secureConnect", () => use(socket))
        .on("error", () => {})
        .on("close", () => {
          signal.removeEventListener("abort", end);
          if (!signal.aborted) setTimeout(again, RECONNECT_MS).unref();
        });
    };
    again();
  }

  #beginSubmitting(socket: Socket): void {
    for (const job of this.#unconfirmed) this.resubmitted.add(job);
    this.#unsent = [...this.#unconfirmed, ...this.#unsent];
    this.#unconfirmed = [];
    this.#submitting = socket;
    const read = packetReader((type) => {
      if (type === PACKET.JOB_CREATED) this.#unconfirmed.shift();
    });
    socket.on("data", read).on("close", () => {
      if (this.#submitting === socket) this.#submitting = undefined;
    });
    this.#send();
  }

  #send(): void {
    const socket = this.#submitting;
    if (socket === undefined) return;
    const { commandOf, prefix } = this.#options;
    for (const job of this.#unsent.splice(0)) {
      const payload = this.#crypt.seal(jobText({ queue: "service", command: commandOf(job) }, job));
      socket.write(encodePacket(PACKET.SUBMIT_JOB_BG, "service", `${prefix}-${job}`, payload));
      this.#unconfirmed.push(job);
    }
  }

  #collect(workload: Buffer): void {
    const result = readArrived(this.#crypt.open(workload));
    const afterMs = performance.now() - (this.#sentAt.get(result.job) ?? Number.NaN);
    this.#done.add(result.job);
    this.results.push({ ...result, afterMs });
  }
}

function openSocket({ port, protection: { pki } }: CoreOptions): Socket {
  const address = { port, host: "127.0.0.1" };
  if (pki === undefined) return connect({ ...address, noDelay: true });
  const [ca, cert, key] = ["server.crt", "client.crt", "client.key"].map((name) =>
    readFileSync(pki.file(name)),
  );
  return connectTls({ ...address, ca, cert, key }).setNoDelay();
}
