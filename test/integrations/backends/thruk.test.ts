import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CheckedBackend } from "../../../integrations/backends/checked-backend.ts";
import { ThrukChannel } from "../../../integrations/backends/thruk-channel.ts";

const KEY = "a".repeat(64);
const HOST = "dummy_fkt_tests";
const SERVICE = "Größe & Platte/2";
/** Recorded with Thruk 3.20.2 and icinga2's livestatus: its commands get two backslashes, and are lost. */
const LOST = "Disk C:\\ & Größe";
const TARGET = { host: HOST, service: SERVICE };
const WISH = { author: "Mücke", comment: "seen; #1", isSticky: true };
const NOW = Math.floor(Date.now() / 1000);
const PLAN = { author: "Mücke", comment: "zulip:1", marker: "zulip:1", startsAt: NOW, endsAt: NOW + 3_600 };

interface Command {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Answers as Thruk 3.20 does: 200 for whatever is sent, whether it exists or not. */
class FakeThruk {
  readonly commands: Command[] = [];
  state = 2;
  /** Commands are believed, but the core never does them. */
  isDeaf = false;
  #acknowledged = 0;
  #downtimes: Record<string, unknown>[] = [];
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/site/thruk`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = "";
    for await (const chunk of request) text += String(chunk);
    const [status, body] = this.#reply(request, text);
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  }

  #reply({ headers, method, url = "" }: IncomingMessage, text: string): [number, unknown] {
    if (headers["x-thruk-auth-key"] !== KEY)
      return [403, { code: 403, failed: true, message: "no such key" }];
    const path = decodeURIComponent(url.replace(/^\/site\/thruk\/r/, "").replace(/\?.*$/, ""));
    if (path === "/thruk/whoami") return [200, { id: "omdadmin", can_submit_commands: 1 }];
    if (method === "POST") return this.#command(path, JSON.parse(text));
    if (path === "/downtimes") return [200, this.#downtimes];
    const isKnown = [
      ...[SERVICE, LOST].map((service) => `/services/${HOST}/${service}`),
      `/hosts/${HOST}`,
    ].includes(path);
    const row = {
      state: this.state,
      acknowledged: this.#acknowledged,
      scheduled_downtime_depth: this.#downtimes.length,
      plugin_output: "broken",
    };
    return [200, isKnown ? [row] : []];
  }

  #command(path: string, body: Record<string, unknown>): [number, unknown] {
    this.commands.push({ path, body });
    const name = path.slice(path.lastIndexOf("/") + 1);
    if (!this.isDeaf && !path.includes("\\")) this.#run(name, body);
    return [200, { message: "Command successfully submitted", commands: `COMMAND [1] ${name}` }];
  }

  #run(name: string, { downtime_id, comment_author, comment_data, end_time }: Record<string, unknown>): void {
    if (name.startsWith("acknowledge_")) this.#acknowledged = 1;
    if (name.startsWith("remove_")) this.#acknowledged = 0;
    if (name === "del_downtime")
      this.#downtimes = this.#downtimes.filter(({ id }) => String(id) !== String(downtime_id));
    if (!name.startsWith("schedule_") || end_time === undefined) return;
    const [author, comment, id] = [comment_author, comment_data, this.#downtimes.length + 1];
    this.#downtimes.push({ id, author, comment, end_time, service_description: SERVICE });
  }
}

describe("Thruk", () => {
  let thruk: FakeThruk;
  let channel: ThrukChannel;
  let url: string;
  beforeEach(async () => {
    thruk = new FakeThruk();
    url = await thruk.listen();
    channel = new ThrukChannel({ url: `${url}/`, apiKey: KEY });
  });
  afterEach(async () => {
    channel.close();
    await thruk.close();
  });
  const backend = (options = {}) => new CheckedBackend(channel, { pollMs: 1, ...options });

  it("acknowledges once, with every parameter", async () => {
    expect(await backend().acknowledge(TARGET, WISH)).toEqual({ kind: "done" });
    expect(await backend().acknowledge(TARGET, WISH)).toEqual({ kind: "already" });
    expect(thruk.commands).toEqual([
      {
        path: `/services/${HOST}/${SERVICE}/cmd/acknowledge_svc_problem`,
        body: {
          sticky_ack: 2,
          send_notification: 0,
          persistent_comment: 0,
          comment_author: "Mücke",
          comment_data: "seen, #1",
        },
      },
    ]);
    expect(await backend().unacknowledge(TARGET, "me")).toEqual({ kind: "done" });
  });

  it("does not say that an acknowledgement has an end, where it had one before", async () => {
    const expiresAt = NOW + 7_200;
    expect(await backend().acknowledge(TARGET, { ...WISH, expiresAt })).toEqual({ kind: "done" });
    const [command] = thruk.commands;
    expect(command).toMatchObject({
      path: expect.stringMatching(/acknowledge_svc_problem_expire$/),
      body: { end_time: expiresAt },
    });
    // Thruk's rows of services do not say when one ends.
    expect(await backend().acknowledge(TARGET, { ...WISH, expiresAt })).toEqual({
      kind: "other-end",
      until: undefined,
    });
    expect(thruk.commands).toHaveLength(1);
  });

  it("has downtimes with times in seconds since the epoch, and removes its own", async () => {
    expect(await backend().downtime(TARGET, PLAN)).toEqual({ kind: "done", downtimeId: "1" });
    expect(await backend().downtime(TARGET, PLAN)).toEqual({ kind: "already" });
    expect(await backend().downtime(TARGET, { ...PLAN, comment: "theirs", marker: "theirs" })).toMatchObject({
      kind: "done",
    });
    expect(await backend().removeDowntime(TARGET, { author: "me", marker: PLAN.marker })).toEqual({
      kind: "done",
    });
    const [made, , removed] = thruk.commands;
    expect(made?.body).toMatchObject({ start_time: NOW, end_time: NOW + 3_600, fixed: 1, duration: 3_600 });
    expect(removed?.body).toEqual({ downtime_id: "1" });
  });

  it.each([{ host: HOST, service: "nope" }, { host: "nope" }, { host: "../thruk", service: "whoami" }])(
    "sends nothing for %j, which does not exist",
    async (target) => {
      expect(await backend().acknowledge(target, WISH)).toEqual({ kind: "unknown-object" });
      expect(await backend().downtime(target, PLAN)).toEqual({ kind: "unknown-object" });
      expect(thruk.commands).toEqual([]);
    },
  );

  it("does not take a command that was submitted for one that was done", async () => {
    thruk.isDeaf = true;
    expect(await backend({ seenWithinMs: 20 }).acknowledge(TARGET, WISH)).toEqual({
      kind: "unverified",
      reason: `Thruk at ${url} has taken it, but does not show it`,
    });
  });

  it("does not say that a command was done whose backslash Thruk has doubled, so that the core never saw it", async () => {
    const lost = { host: HOST, service: LOST };
    const once = backend({ seenWithinMs: 20 });
    const unverified = { kind: "unverified", reason: `Thruk at ${url} has taken it, but does not show it` };
    expect(await once.acknowledge(lost, WISH)).toEqual(unverified);
    expect(await once.downtime(lost, PLAN)).toEqual(unverified);
    expect(thruk.commands.map(({ path }) => path.includes(LOST))).toEqual([true, true]);
  });

  it("has nothing to acknowledge on a target that is well", async () => {
    thruk.state = 0;
    expect(await backend().acknowledge(TARGET, WISH)).toEqual({ kind: "not-a-problem" });
  });

  it("refuses a wrong key, without the key in the reason", async () => {
    const wrong = new ThrukChannel({ url, apiKey: "wrong-key" });
    const ending = await new CheckedBackend(wrong).acknowledge(TARGET, WISH);
    expect(ending).toEqual({ kind: "forbidden", reason: "Thruk does not let us in: no such key" });
    wrong.close();
  });

  it("is unavailable when nobody listens", async () => {
    await thruk.close();
    expect(await backend().status(TARGET)).toEqual({
      kind: "unavailable",
      reason: expect.stringContaining("ECONNREFUSED"),
    });
    thruk = new FakeThruk();
    await thruk.listen();
  });

  it("tells as whom we act", async () => {
    expect(await backend().whoAmI()).toBe("omdadmin");
  });
});
