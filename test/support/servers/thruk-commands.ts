import type { Row, ThrukRows } from "./thruk-rows.ts";

export type Reply = readonly [status: number, body: unknown];

/** What was sent to `/cmd`. */
export type SentCommand = Readonly<Record<string, unknown>>;

/** The words of each command, in their order, and which of them must be sent. As Thruk has them. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  acknowledge: ["sticky_ack", "send_notification", "persistent_comment", "comment_author", "comment_data"],
  expire: [
    ...["sticky_ack", "send_notification", "persistent_comment", "end_time", "comment_author"],
    "comment_data",
  ],
  remove: [],
  downtime: [
    ...["start_time", "end_time", "fixed", "triggered_by", "duration", "comment_author", "comment_data"],
  ],
  check: ["start_time"],
};

/** Takes commands as Thruk does: 200 for whatever is sent, whether the core knows the object or not. */
export class ThrukCommands {
  readonly sent: SentCommand[] = [];
  /** Commands are believed, but the core never does them. */
  isDeaf = false;
  /** Naemon says what it does not know. Other cores say nothing. */
  isNaemon = false;
  readonly #rows: ThrukRows;
  #ids = 0;

  constructor(rows: ThrukRows) {
    this.#rows = rows;
  }

  answer(sent: SentCommand): Reply {
    this.sent.push(sent);
    const { cmd, service } = sent;
    const name = String(cmd);
    if (name === "del_downtime") return submitted(this.#removeDowntime(sent));
    const words = WORDS[kindOf(name)];
    if (words === undefined) {
      const type = service === undefined ? "host" : "service";
      return refused(404, "no such command", `there is no command ${name} for type ${type}`);
    }
    if (words.includes("comment_data") && sent["comment_data"] === undefined)
      return refused(400, "missing argument: comment_data", "comment_data is a required argument");
    const line = [name.toUpperCase(), ...namesOf(sent), ...words.map((word) => sent[word])].join(";");
    if (this.isNaemon && this.#rows.find(sent) === undefined)
      return failed(line, "400: Failed validation of service as type service (argument 1)");
    if (!this.isDeaf) this.#run(kindOf(name), sent);
    return submitted([line]);
  }

  #run(kind: string, sent: SentCommand): void {
    const target = this.#rows.find(sent);
    if (target === undefined) return;
    const mark = { ...targetOf(sent), author: sent["comment_author"], comment: sent["comment_data"] };
    const now = Math.floor(Date.now() / 1_000);
    switch (kind) {
      case "acknowledge":
      case "expire": {
        target["acknowledged"] = 1;
        const end = kind === "expire" ? sent["end_time"] : 0;
        const row = { ...mark, entry_time: now, entry_type: 4, expires: end === 0 ? 0 : 1, expire_time: end };
        this.#rows.comments.push(row);
        break;
      }
      case "remove":
        target["acknowledged"] = 0;
        drop(this.#rows.comments, (row) => isOf(row, sent));
        break;
      case "downtime": {
        this.#ids += 1;
        const { start_time, end_time, fixed, duration } = sent;
        const row = { ...mark, id: this.#ids, entry_time: now, start_time, end_time, fixed, duration };
        this.#rows.downtimes.push(row);
        target["scheduled_downtime_depth"] = Number(target["scheduled_downtime_depth"] ?? 0) + 1;
      }
    }
  }

  /** Thruk asks the core for it, and sends nothing if it is not there. */
  #removeDowntime(sent: SentCommand): readonly string[] {
    const isMeant = (row: Row) => isOf(row, sent) && String(row["id"]) === String(sent["downtime_id"]);
    const found = this.#rows.downtimes.filter(isMeant);
    if (!this.isDeaf) drop(this.#rows.downtimes, isMeant);
    const name = sent["service"] === undefined ? "DEL_HOST_DOWNTIME" : "DEL_SVC_DOWNTIME";
    return found.map(({ id }) => `${name};${id}`);
  }
}

function kindOf(name: string): string {
  const isOfObject = /_(?:svc|host|acknowledgement)(?:_|$)/.test(name);
  if (!isOfObject) return "";
  if (name.endsWith("_expire")) return "expire";
  if (name.endsWith("_downtime")) return "downtime";
  return /^(?:acknowledge|remove)_/.exec(name)?.[0].slice(0, -1) ?? (name.endsWith("_check") ? "check" : "");
}

/** Thruk doubles backslashes in commands: naemon-livestatus takes two for one. */
function namesOf({ host, service }: SentCommand): readonly string[] {
  return [host, ...(service === undefined ? [] : [service])].map((name) =>
    String(name).replaceAll("\\", "\\\\"),
  );
}

function targetOf({ host, service }: SentCommand) {
  return { host_name: host, service_description: service ?? "" };
}

function isOf(row: Row, sent: SentCommand): boolean {
  const { host_name, service_description } = targetOf(sent);
  return row["host_name"] === host_name && (row["service_description"] ?? "") === service_description;
}

function drop(rows: Row[], isMeant: (row: Row) => boolean): void {
  rows.splice(0, rows.length, ...rows.filter((row) => !isMeant(row)));
}

function submitted(commands: readonly string[]): Reply {
  const time = Math.floor(Date.now() / 1_000);
  const lines = commands.map((command) => `COMMAND [${time}] ${command}`);
  return [200, { message: "Command successfully submitted", commands: lines.join("\n") }];
}

/** The core did not get the command, or refuses it. */
export function failed(command: string, reason: string): Reply {
  const [code, message, error] = [400, "sending command failed", `prod: ${reason}`];
  const commands = `COMMAND [${Math.floor(Date.now() / 1_000)}] ${command}`;
  return [code, { code, commands, description: `${message}: ${error}`, error, message }];
}

export function refused(code: number, message: string, description?: string): Reply {
  const failed = code === 400 ? {} : { failed: true };
  return [code, { code, message, ...failed, ...(description !== undefined && { description }) }];
}
