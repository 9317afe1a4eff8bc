import { createHash } from "node:crypto";
import { fromByteString } from "../byte-string.ts";
import { Grabber } from "../gearman/grabber/grabber.ts";
import { Orphans } from "../gearman/grabber/orphans.ts";
import type { GrabbedJob } from "../gearman/grabber/running-job.ts";
import type { ServerAddress } from "../gearman/server-address.ts";
import { Submitter } from "../gearman/submitter.ts";
import type { Log } from "../log.ts";
import type { Envelope } from "../payload/crypt.ts";
import { readLines } from "../payload/lines.ts";
import type { DemoObject } from "./site/demo-object.ts";

/** What the core knows about an object. */
export interface ObjectState {
  readonly object: DemoObject;
  /** 0 to 3; undefined: not checked yet. */
  returnCode: number | undefined;
  output: string;
  /** How many seconds the last check ran. */
  took: number;
  results: number;
}

/** An event handler that the core has asked for. */
export interface DemoEvent {
  readonly object: DemoObject;
  readonly time: Date;
}

/** A check has changed the state of an object. */
export interface DemoChange {
  readonly state: Readonly<ObjectState>;
  /** What it was before; undefined: not checked yet. */
  readonly before: number | undefined;
}

export interface CoreOptions {
  readonly server: ServerAddress;
  readonly envelope: Envelope;
  readonly objects: readonly DemoObject[];
  readonly log: Log;
  readonly onEvent?: (event: DemoEvent) => void;
  /** The command line of a notification, if people are to be told. */
  readonly notify?: ((change: DemoChange) => string | undefined) | undefined;
}

const RESULT_QUEUE = "check_results";
const MAX_RESULTS_IN_FLIGHT = 1_000;
const CRITICAL = 2;
/** The first checks come in this time, so that there is soon something to see. */
const FIRST_CHECKS_MS = 1_500;

/**
 * As little of Naemon as shows a worker at work: it schedules checks, takes results, and reacts to failures.
 */
export class Core {
  readonly #states: Map<string, ObjectState>;
  readonly #options: CoreOptions;
  readonly #submitter: Submitter;
  readonly #collector: Grabber;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #submitted = 0;
  #results = 0;
  #events = 0;
  #lastEvent: DemoEvent | undefined;

  constructor(options: CoreOptions) {
    const { server, log, objects } = options;
    this.#options = options;
    this.#states = new Map(
      objects.map((object) => [
        keyOf(object.host, object.service),
        { object, returnCode: undefined, output: "", took: 0, results: 0 },
      ]),
    );
    this.#submitter = new Submitter({
      server,
      log,
      onState: (state) => state === "connected" && this.#begin(),
    });
    this.#collector = new Grabber({
      server,
      log,
      orphans: new Orphans({ log }),
      queues: [RESULT_QUEUE],
      room: () => MAX_RESULTS_IN_FLIGHT,
      onJob: (job) => this.#collect(job),
    });
  }

  get states(): ReadonlyMap<string, ObjectState> {
    return this.#states;
  }

  get submitted(): number {
    return this.#submitted;
  }

  get results(): number {
    return this.#results;
  }

  /** Event handlers submitted so far. */
  get events(): number {
    return this.#events;
  }

  get lastEvent(): DemoEvent | undefined {
    return this.#lastEvent;
  }

  /** Undefined: there is no such object. */
  find(host: string, service: string | undefined): Readonly<ObjectState> | undefined {
    return this.#states.get(keyOf(host, service));
  }

  /** Checks an object now, besides its schedule. */
  recheck({ object }: Pick<ObjectState, "object">): void {
    this.#check(object);
  }

  start(): void {
    this.#submitter.start();
    this.#collector.start();
  }

  /**
   * An object whose first check this machine does not permit is checked no more, nor shown. Returns whether
   * it was the first.
   */
  leaveOut(host: string, service: string | undefined): boolean {
    const key = keyOf(host, service);
    if (this.#states.get(key)?.results !== 0) return false;
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    return this.#states.delete(key);
  }

  /** Checks are scheduled from the first connection on. */
  #begin(): void {
    if (this.#timers.size > 0) return;
    let index = 0;
    for (const [key, { object }] of this.#states) {
      // The checks are spread, as a core does it, so that they do not all come at once.
      const delayMs = (index++ * 37) % Math.min(object.intervalMs, FIRST_CHECKS_MS);
      this.#timers.set(
        key,
        setTimeout(() => this.#schedule(key, object), delayMs),
      );
    }
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    await Promise.all([this.#submitter.stop(), this.#collector.stop()]);
  }

  #schedule(key: string, object: DemoObject): void {
    this.#check(object);
    this.#timers.set(
      key,
      setInterval(() => this.#check(object), object.intervalMs),
    );
  }

  /** The unique keeps the job server from making a second job while the object's last check is under way. */
  #check({ host, service, commandLine, timeout }: DemoObject): void {
    const type = service === undefined ? "host" : "service";
    const fields = [
      `type=${type}`,
      `result_queue=${RESULT_QUEUE}`,
      `target_queue=${type}`,
      `host_name=${host}`,
      ...(service === undefined ? [] : [`service_description=${service}`]),
      `core_time=${(Date.now() / 1000).toFixed(6)}`,
      `timeout=${timeout}`,
      `command_line=${commandLine}`,
    ];
    const name = service === undefined ? host : `${host}-${service}`;
    const unique = createHash("md5").update(name).digest("hex").toUpperCase();
    this.#submitted += 1;
    this.#submit(type, fields, unique, service === undefined ? "normal" : "low");
  }

  #collect(job: GrabbedJob): void {
    const fields = readLines(this.#options.envelope.open(job.workload));
    job.complete();
    const state = this.#states.get(keyOf(fields.get("host_name") ?? "", fields.get("service_description")));
    if (state === undefined) return;
    this.#results += 1;
    const returnCode = Number(fields.get("return_code"));
    const before = state.returnCode;
    if (returnCode === CRITICAL && before !== CRITICAL) this.#handleEvent(state.object);
    state.returnCode = returnCode;
    state.output = fromByteString(fields.get("output") ?? "");
    state.took = Number(fields.get("finish_time")) - Number(fields.get("start_time"));
    state.results += 1;
    if (returnCode !== before) this.#tell({ state, before });
  }

  #tell(change: DemoChange): void {
    const commandLine = this.#options.notify?.(change);
    if (commandLine === undefined) return;
    const now = (Date.now() / 1000).toFixed(6);
    const fields = [`start_time=${now}`, `core_time=${now}`, `command_line=${commandLine}`];
    this.#submit("notification", ["type=notification", ...fields], "", "normal");
  }

  #handleEvent(object: DemoObject): void {
    const { eventHandler } = object;
    if (eventHandler === undefined) return;
    const now = (Date.now() / 1000).toFixed(6);
    this.#events += 1;
    this.#lastEvent = { object, time: new Date() };
    this.#options.onEvent?.(this.#lastEvent);
    this.#submit(
      "eventhandler",
      ["type=eventhandler", `start_time=${now}`, `core_time=${now}`, `command_line=${eventHandler}`],
      "",
      "normal",
    );
  }

  #submit(queue: string, fields: readonly string[], unique: string, priority: "low" | "normal"): void {
    const workload = this.#options.envelope.seal(`${fields.join("\n")}\n\n\n`);
    this.#submitter.submit({ queue, unique, workload, priority }).catch((error: unknown) => {
      this.#options.log.debug({ err: error }, "the demo's core could not submit a job");
    });
  }
}

function keyOf(host: string, service: string | undefined): string {
  return service === undefined ? host : `${host}\n${service}`;
}
