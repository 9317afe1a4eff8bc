import type {
  Acknowledgement,
  Capabilities,
  Downtime,
  DowntimePlan,
  Target,
  TargetStatus,
} from "../backend.ts";
import { type Channel, ChannelError, type Sent } from "../channel.ts";
import {
  acknowledgeCommand,
  downtimeCommand,
  recheckCommand,
  removeDowntimeCommand,
  unacknowledgeCommand,
} from "./external-command.ts";

/** Reads what a core knows. */
export interface StateReader {
  readonly status: Channel["status"];
  readonly downtimes: Channel["downtimes"];
}

export interface CommandChannelOptions {
  readonly name: string;
  /** Hands over one line, without its line feed. */
  readonly send: (line: string) => Promise<void>;
  /** Undefined: the core takes commands, but cannot be asked. */
  readonly reader?: StateReader | undefined;
  /** Naemon has the commands for it, Nagios and some versions of others do not. */
  readonly expiringAcknowledgement?: boolean;
  /** Seconds since the epoch. */
  readonly now?: () => number;
}

const SENT: Sent = { kind: "sent" };

/** A core that takes external commands, by a named pipe or livestatus. It never says what became of them. */
export class CommandChannel implements Channel {
  readonly #options: CommandChannelOptions;
  readonly #now: () => number;

  constructor(options: CommandChannelOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => Date.now() / 1000);
  }

  get name(): string {
    return this.#options.name;
  }

  get capabilities(): Capabilities {
    const { reader, expiringAcknowledgement = false } = this.#options;
    return { expiringAcknowledgement, ownDowntimeId: reader !== undefined, readsBack: reader !== undefined };
  }

  acknowledge(target: Target, wish: Acknowledgement): Promise<Sent> {
    return this.#send(acknowledgeCommand(this.#now(), target, wish));
  }

  unacknowledge(target: Target): Promise<Sent> {
    return this.#send(unacknowledgeCommand(this.#now(), target));
  }

  downtime(target: Target, plan: DowntimePlan): Promise<Sent> {
    return this.#send(downtimeCommand(this.#now(), target, plan));
  }

  removeDowntime(target: Target, downtime: Downtime): Promise<Sent> {
    return this.#send(removeDowntimeCommand(this.#now(), target, downtime));
  }

  recheck(target: Target): Promise<Sent> {
    return this.#send(recheckCommand(this.#now(), target));
  }

  async status(target: Target): Promise<TargetStatus | undefined> {
    return await this.#reader.status(target);
  }

  async downtimes(target: Target): Promise<readonly Downtime[]> {
    return await this.#reader.downtimes(target);
  }

  async whoAmI(): Promise<string> {
    return `the owner of ${this.name}`;
  }

  get #reader(): StateReader {
    const { reader } = this.#options;
    if (reader === undefined) throw new ChannelError("unavailable", `${this.name} cannot be asked`);
    return reader;
  }

  async #send(line: string): Promise<Sent> {
    // What comes behind a line feed would be a command of its own.
    if (/[\r\n\0]/.test(line)) throw new ChannelError("forbidden", "a command is one line");
    await this.#options.send(line);
    return SENT;
  }
}
