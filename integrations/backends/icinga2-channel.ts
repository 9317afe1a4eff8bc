import type { Acknowledgement, Downtime, DowntimePlan, Target, TargetStatus } from "./backend.ts";
import { type Channel, ChannelError, type Sent } from "./channel.ts";
import { at, listOf, numberOf, textOf } from "./json.ts";
import { RestClient, type RestReply } from "./rest-client.ts";

export interface Icinga2Options {
  /** `https://HOST:5665` */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly caFile?: string | undefined;
  readonly timeoutMs?: number;
}

/** icinga2 says of an unknown object and of one that it hides from us the same. */
const UNKNOWN_OBJECT: Sent = { kind: "unknown-object" };

/** The REST API of icinga2. Names travel as values of variables, so none can change a filter. */
export class Icinga2Channel implements Channel {
  readonly capabilities = { expiringAcknowledgement: true, ownDowntimeId: true, readsBack: true };
  readonly #client: RestClient;
  readonly #user: string;

  constructor({ url, user, password, caFile, timeoutMs }: Icinga2Options) {
    const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
    this.#user = user;
    this.#client = new RestClient({
      url: `${url.replace(/\/+$/, "")}/v1`,
      headers: { authorization },
      caFile,
      ...(timeoutMs !== undefined && { timeoutMs }),
    });
  }

  get name(): string {
    return `Icinga 2 at ${this.#client.url}`;
  }

  acknowledge(target: Target, { author, comment, isSticky, expiresAt }: Acknowledgement): Promise<Sent> {
    const wish = { author, comment, sticky: isSticky, notify: false, persistent: false };
    const expires = expiresAt === undefined ? {} : { expiry: expiresAt };
    return this.#act("acknowledge-problem", { ...selectionOf(target), ...wish, ...expires });
  }

  unacknowledge(target: Target, author: string): Promise<Sent> {
    return this.#act("remove-acknowledgement", { ...selectionOf(target), author });
  }

  downtime(target: Target, { author, comment, startsAt, endsAt }: DowntimePlan): Promise<Sent> {
    const plan = { author, comment, start_time: startsAt, end_time: endsAt, fixed: true };
    return this.#act("schedule-downtime", { ...selectionOf(target), ...plan });
  }

  /** By its name: a filter would remove those of others, too. */
  async removeDowntime(_target: Target, { id }: Downtime, author: string): Promise<Sent> {
    const sent = await this.#act("remove-downtime", { downtime: id, author });
    return sent.kind === "unknown-object" ? { kind: "already" } : sent;
  }

  recheck(target: Target): Promise<Sent> {
    return this.#act("reschedule-check", { ...selectionOf(target), force: true });
  }

  async status(target: Target): Promise<TargetStatus | undefined> {
    const kind = target.service === undefined ? "hosts" : "services";
    const attrs = [
      "state",
      "acknowledgement",
      "acknowledgement_expiry",
      "downtime_depth",
      "last_check_result",
    ];
    const reply = await this.#query(kind, { ...selectionOf(target), attrs });
    const found = at(reply.body, "results", 0, "attrs");
    return found === undefined ? undefined : readStatus(found);
  }

  async downtimes({ host, service = "" }: Target): Promise<readonly Downtime[]> {
    const filter = "downtime.host_name == h && downtime.service_name == s";
    const reply = await this.#query("downtimes", { filter, filter_vars: { h: host, s: service } });
    return listOf(at(reply.body, "results")).map((result) => ({
      id: textOf(at(result, "name")),
      author: textOf(at(result, "attrs", "author")),
      comment: textOf(at(result, "attrs", "comment")),
      endsAt: numberOf(at(result, "attrs", "end_time")),
    }));
  }

  async whoAmI(): Promise<string> {
    assertAllowed(await this.#client.request({ method: "GET", path: "", reads: true }));
    return this.#user;
  }

  close(): void {
    this.#client.close();
  }

  async #act(action: string, body: Readonly<Record<string, unknown>>): Promise<Sent> {
    return readEnding(await this.#client.request({ method: "POST", path: `/actions/${action}`, body }));
  }

  /** Names may be longer than a URL can be. */
  async #query(kind: string, body: Readonly<Record<string, unknown>>): Promise<RestReply> {
    const headers = { "x-http-method-override": "GET" };
    const reply = await this.#client.request({
      method: "POST",
      path: `/objects/${kind}`,
      body,
      headers,
      reads: true,
    });
    assertAllowed(reply);
    return reply;
  }
}

function selectionOf({ host, service }: Target): Readonly<Record<string, unknown>> {
  if (service === undefined) return { type: "Host", filter: "host.name == h", filter_vars: { h: host } };
  const filter = "host.name == h && service.name == s";
  return { type: "Service", filter, filter_vars: { h: host, s: service } };
}

/** The code of an action is in its result. A reply with no result is of an object that it does not know. */
function readEnding(reply: RestReply): Sent {
  assertAllowed(reply);
  const result = at(reply.body, "results", 0);
  if (result === undefined) return UNKNOWN_OBJECT;
  const code = numberOf(at(result, "code"));
  const status = textOf(at(result, "status"));
  if (code === 200) {
    const id = at(result, "name");
    return { kind: "sent", downtimeId: id === undefined ? undefined : textOf(id) };
  }
  if (code === 409 && status.endsWith("is already acknowledged.")) return { kind: "already" };
  if (code === 409 && / is (?:OK|UP)\.$/.test(status)) return { kind: "not-a-problem" };
  return { kind: "forbidden", reason: `Icinga 2 answers ${code}: ${status}` };
}

function assertAllowed({ status, body }: RestReply): void {
  if (status === 401)
    throw new ChannelError("forbidden", "Icinga 2 does not accept the user or the password");
  if (status === 403)
    throw new ChannelError("forbidden", `Icinga 2 does not allow it: ${textOf(at(body, "status"))}`);
  // 500 with an empty list of results is an answer: the object is unknown.
  if (status >= 500 && !Array.isArray(at(body, "results")))
    throw new ChannelError("unavailable", `Icinga 2 answers with HTTP ${status}`);
}

function readStatus(attrs: unknown): TargetStatus {
  return {
    state: numberOf(at(attrs, "state")),
    isAcknowledged: numberOf(at(attrs, "acknowledgement")) > 0,
    acknowledgedUntil: numberOf(at(attrs, "acknowledgement_expiry")),
    downtimes: numberOf(at(attrs, "downtime_depth")),
    output: textOf(at(attrs, "last_check_result", "output")),
  };
}
