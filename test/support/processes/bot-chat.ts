import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, vi } from "vitest";
import { ChatServer } from "../../../integrations/chat-server/chat-server.ts";
import type { FakeMessage, FakeUser } from "../../../integrations/chat-server/world.ts";
import { run } from "../../cli/io.ts";
import { ask } from "../../integrations/chat-server/requests.ts";

export const PATIENCE = { timeout: 30_000, interval: 10 };

const TOPIC = "Sakuli_Connections - Funktionale Tests";

/** A chat with the bot's user and Anna, who asks it, and a folder for the bot's files. */
export class BotChat implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), "bot-chat-"));
  readonly fake: ChatServer;
  readonly bot: FakeUser;
  readonly anna: FakeUser;

  static async start(): Promise<BotChat> {
    return new BotChat(await ChatServer.start());
  }

  private constructor(fake: ChatServer) {
    const { world } = fake;
    this.fake = fake;
    this.bot = world.addUser({ email: "bot@rig.local", fullName: "Icinga API-Bot", isBot: true });
    this.anna = world.addUser({ email: "anna@rig.local", fullName: "Änna; Mücke (ik4)" });
    world.addStream("icinga", [this.bot.id, this.anna.id]);
    for (const [at, name] of ["ack", "1h"].entries()) world.emoji.set(name, String(at + 1));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.fake.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A file that only its owner reads. */
  write(name: string, text: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  }

  /** Writes the bot's configuration. */
  configure(monitoring: string, ...lines: readonly string[]): void {
    const own = [`monitoring=${monitoring}`, `state_folder=${join(this.folder, "state")}`];
    const all = [...this.#login(), ...own, "permission=allow stream=icinga", ...lines];
    this.write("zulip-bot.conf", all.join("\n"));
  }

  /** Writes the notifier's configuration. Returns its path. */
  configureNotifier(...lines: readonly string[]): string {
    const own = ["stream=icinga", `spool=${join(this.folder, "spool")}`];
    return this.write("zulip.conf", [...this.#login(), ...own, ...lines].join("\n"));
  }

  async post(content: string, topic = TOPIC): Promise<number> {
    const params = { type: "stream", to: "icinga", topic, content };
    const { body } = await ask(this.fake.url, { method: "POST", path: "messages", user: this.anna, params });
    return Number(body["id"]);
  }

  react(method: string, message: number, emoji: string) {
    return ask(this.fake.url, {
      method,
      path: `messages/${message}/reactions`,
      user: this.anna,
      params: { emoji_name: emoji },
    });
  }

  /** What the bot has said. */
  answers(): readonly string[] {
    return this.fake.world.messages
      .filter(({ senderId, widget }) => senderId === this.bot.id && widget === undefined)
      .map(({ content }) => content);
  }

  async answered(count: number): Promise<readonly string[]> {
    await vi.waitFor(() => expect(this.answers()).toHaveLength(count), PATIENCE);
    return this.answers();
  }

  /** What the core has to know of Anna's wish: who had it, and where. A `;` in a name becomes a comma. */
  signed(id: number) {
    return {
      author: this.anna.fullName.replaceAll(";", ","),
      comment: expect.stringMatching(new RegExp(`^via Zulip http.*\\[zulip:${id}\\]$`)),
    };
  }

  /** The notifier's message of a problem. */
  async notify({ host, service }: { host: string; service: string }): Promise<FakeMessage> {
    const conf = this.configureNotifier();
    const macros = [
      ...["NOTIFICATIONTYPE=PROBLEM", `HOSTNAME=${host}`, "HOSTALIAS=Funktionale Tests"],
      ...[`SERVICEDESC=${service}`, "SERVICESTATE=CRITICAL", "SERVICEOUTPUT=said by a test"],
    ];
    const said = await run("notify", ["zulip", "--now", `--config=${conf}`, ...macros]);
    expect(said).toEqual({ code: 0, stdout: "", stderr: "" });
    const message = this.fake.world.messages.at(-1);
    if (message === undefined) throw new Error("no message");
    return message;
  }

  /** As the client of a person does who presses the button. */
  press({ widget = "", topic }: FakeMessage, name: string): Promise<number> {
    const { extra_data } = JSON.parse(widget) as {
      extra_data: { choices: readonly Record<string, string>[] };
    };
    const choice = extra_data.choices.find((each) => each["short_name"] === name);
    return this.post(choice?.["reply"] ?? "", topic);
  }

  #login(): readonly string[] {
    return [
      `site=${this.fake.url}`,
      `email=${this.bot.email}`,
      `api_key_file=${this.write("key", this.bot.key)}`,
    ];
  }
}
