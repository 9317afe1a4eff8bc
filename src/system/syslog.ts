import { renderText } from "../log.ts";
import { type DatagramOptions, DatagramSender } from "./datagram-sender.ts";

export interface SyslogOptions extends Pick<DatagramOptions, "command" | "without"> {
  /** In front of each line: the program's name. */
  readonly ident: string;
  readonly format: "text" | "json";
  readonly socket?: string;
}

const DEV_LOG = "/dev/log";
/** As long as a syslogd takes to restart. */
const PATIENCE = 10;
/** LOG_USER, the facility of the C worker. */
const FACILITY = 1 << 3;
const INFO = 6;

/** The severities of pino's levels: debug, info, warning, err. */
const SEVERITIES: Readonly<Record<number, number>> = { 10: 7, 20: 7, 30: INFO, 40: 4, 50: 3 };

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** Gives lines of the log to syslogd. What it cannot take now waits, and nothing waits for it. */
export class Syslog implements AsyncDisposable {
  readonly #options: SyslogOptions;
  readonly #sender: DatagramSender;

  constructor(options: SyslogOptions) {
    const { socket = DEV_LOG, without, command } = options;
    this.#options = options;
    this.#sender = new DatagramSender({
      socket,
      patience: PATIENCE,
      without,
      ...(command && { command }),
    });
  }

  /** Takes a line as pino writes it. */
  readonly write = (json: string): void => {
    this.#sender.send(renderSyslog(json, this.#options));
  };

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sender[Symbol.asyncDispose]();
  }
}

/** As the C library's `syslog` writes it: `<14>Nov  3 07:06:12 omd-worker[123]: text`. */
export function renderSyslog(
  json: string,
  { ident, format }: Pick<SyslogOptions, "ident" | "format">,
): string {
  const { level, time } = JSON.parse(json);
  const priority = FACILITY | (SEVERITIES[level] ?? INFO);
  const text = format === "json" ? json.trimEnd() : renderText(json);
  return `<${priority}>${renderTime(new Date(time))} ${ident}[${process.pid}]: ${text}`;
}

function renderTime(date: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
  return `${MONTHS[date.getMonth()]} ${String(date.getDate()).padStart(2)} ${clock}`;
}
