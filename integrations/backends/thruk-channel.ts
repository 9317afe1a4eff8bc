import type { Acknowledgement, Downtime, DowntimePlan, Target, TargetStatus } from "./backend.ts";
import { type Channel, ChannelError, type Sent } from "./channel.ts";
import { coreText } from "./core-text.ts";
import { at, listOf, numberOf, textOf } from "./json.ts";
import type { RestClient, RestReply } from "./rest-client.ts";
import {
  assertAllowed,
  createThrukClient,
  describeReply,
  pathOf,
  refusalOf,
  type ThrukOptions,
  withReason,
} from "./thruk-client.ts";

const SENT: Sent = { kind: "sent" };

/**
 * Thruk's REST API. It answers 200 for what does not exist, and its own defaults differ between versions and
 * sites, so every parameter is sent. Names stand in the body: those of a path it takes for bytes, and no core
 * knows what becomes of an umlaut then if author or comment are more than ASCII. Times are seconds since the
 * epoch only: of `+60m` a form loses the plus, and Thruk makes 60 months of the rest.
 */
export class ThrukChannel implements Channel {
  readonly capabilities = { expiringAcknowledgement: true, ownDowntimeId: true, readsBack: true };
  readonly #client: RestClient;
  readonly #now: () => number;

  constructor(options: ThrukOptions, now = () => Date.now() / 1000) {
    this.#now = now;
    this.#client = createThrukClient(options);
  }

  get name(): string {
    return `Thruk at ${this.#client.url.replace(/\/r$/, "")}`;
  }

  acknowledge(target: Target, { author, comment, isSticky, expiresAt }: Acknowledgement): Promise<Sent> {
    const expires = expiresAt === undefined ? {} : { end_time: Math.floor(expiresAt) };
    const name = `acknowledge_${kindOf(target)}_problem${expiresAt === undefined ? "" : "_expire"}`;
    // 2 is sticky for every core behind Thruk; its own default, 1, for Naemon alone.
    const flags = { sticky_ack: isSticky ? 2 : 0, send_notification: 0, persistent_comment: 0 };
    return this.#command(target, name, { ...flags, ...signatureOf({ author, comment }), ...expires });
  }

  unacknowledge(target: Target): Promise<Sent> {
    return this.#command(target, `remove_${kindOf(target)}_acknowledgement`, {});
  }

  downtime(target: Target, { author, comment, startsAt, endsAt }: DowntimePlan): Promise<Sent> {
    const times = {
      start_time: startsAt,
      end_time: endsAt,
      fixed: 1,
      duration: endsAt - startsAt,
      triggered_by: 0,
    };
    return this.#command(target, `schedule_${kindOf(target)}_downtime`, {
      ...times,
      ...signatureOf({ author, comment }),
    });
  }

  removeDowntime(target: Target, { id }: Downtime): Promise<Sent> {
    return this.#command(target, "del_downtime", { downtime_id: id });
  }

  recheck(target: Target): Promise<Sent> {
    return this.#command(target, `schedule_forced_${kindOf(target)}_check`, {
      start_time: Math.floor(this.#now()),
    });
  }

  async status(target: Target): Promise<TargetStatus | undefined> {
    const columns = "columns=state,acknowledged,scheduled_downtime_depth,plugin_output";
    const { status, body } = await this.#get(`${pathOf(target)}?${columns}`);
    const [row] = status === 404 ? [] : Array.isArray(body) ? body : [body];
    if (at(row, "state") !== undefined) return readStatus(row);
    await this.#assertAllCores();
    return undefined;
  }

  async downtimes({ host, service = "" }: Target): Promise<readonly Downtime[]> {
    const columns = "columns=id,author,comment,end_time,service_description";
    const { body } = await this.#get(`/downtimes?host_name=${encodeURIComponent(host)}&${columns}`);
    return listOf(body)
      .filter((row) => textOf(at(row, "service_description")) === service)
      .map((row) => ({
        id: textOf(at(row, "id")),
        author: textOf(at(row, "author")),
        comment: textOf(at(row, "comment")),
        endsAt: numberOf(at(row, "end_time")),
      }));
  }

  async whoAmI(): Promise<string> {
    const { body } = await this.#get("/thruk/whoami");
    const id = at(body, "id");
    if (typeof id !== "string") throw new ChannelError("unavailable", `${this.name} does not say who we are`);
    if (at(body, "can_submit_commands") === 0)
      throw new ChannelError("forbidden", `${this.name}: the user ${id} may not submit commands`);
    return id;
  }

  close(): void {
    this.#client.close();
  }

  async #get(path: string): Promise<RestReply> {
    const reply = await this.#client.request({ method: "GET", path, reads: true });
    assertAllowed(reply);
    return reply;
  }

  /** While Thruk does not reach a core, what that one has is not shown, and nothing in the answer says so. */
  async #assertAllCores(): Promise<void> {
    const { body } = await this.#get("/sites?columns=name,connected,last_error");
    const away = listOf(body).find((row) => numberOf(at(row, "connected")) === 0);
    if (away === undefined) return;
    const what = `Thruk does not reach ${textOf(at(away, "name"))}`;
    throw new ChannelError("unavailable", withReason(what, textOf(at(away, "last_error"))));
  }

  async #command(
    { host, service }: Target,
    cmd: string,
    words: Readonly<Record<string, string | number>>,
  ): Promise<Sent> {
    const body = { cmd, host, ...(service !== undefined && { service }), ...words };
    const reply = await this.#client.request({ method: "POST", path: "/cmd", body });
    if (reply.status === 401 || reply.status === 403)
      return { kind: "forbidden", reason: withReason("Thruk", refusalOf(reply.body)) };
    assertAllowed(reply);
    if (reply.status < 300) return SENT;
    return { kind: isUnsent(reply.body) ? "unavailable" : "forbidden", reason: describeReply(reply) };
  }
}

/** The core did not get it. Naemon has got what it refuses, and answers with a code: `prod: 400: …`. */
function isUnsent(body: unknown): boolean {
  const message = textOf(at(body, "message"));
  if (message === "sending command failed") return !/: 4\d\d: /.test(textOf(at(body, "error")));
  return message.includes("sites could not be reached");
}

function kindOf({ service }: Target): "host" | "svc" {
  return service === undefined ? "host" : "svc";
}

function signatureOf({ author, comment }: { readonly author: string; readonly comment: string }) {
  return { comment_author: coreText(author), comment_data: coreText(comment) };
}

function readStatus(row: unknown): TargetStatus {
  return {
    state: numberOf(at(row, "state")),
    isAcknowledged: numberOf(at(row, "acknowledged")) > 0,
    downtimes: numberOf(at(row, "scheduled_downtime_depth")),
    output: textOf(at(row, "plugin_output")),
  };
}
