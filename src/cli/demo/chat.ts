import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CheckedBackend } from "../../../integrations/backends/checked-backend.ts";
import { ChatServer } from "../../../integrations/chat-server/chat-server.ts";
import { createViewer } from "../../../integrations/chat-server/pages.ts";
import type { FakeUser } from "../../../integrations/chat-server/world.ts";
import { EMOJI_NAMES, readEmoji } from "../../../integrations/zulip/emoji/pack.ts";
import { Replaceable } from "../../../integrations/zulip/programs/replaceable.ts";
import { runBot } from "../../../integrations/zulip/programs/run-bot.ts";
import { runNotifier } from "../../../integrations/zulip/programs/run-notifier.ts";
import { BOT_TABLE } from "../../../integrations/zulip/settings/bot-table.ts";
import { openClient } from "../../../integrations/zulip/settings/open-client.ts";
import { NOTIFIER_TABLE } from "../../../integrations/zulip/settings/table.ts";
import type { ConfigTable } from "../../config/table.ts";
import type { Core } from "../../demo/core.ts";
import type { DemoChat } from "../../demo/demo.ts";
import type { Log } from "../../log.ts";
import { VERSION } from "../version.ts";
import { loadOptions } from "../zulip/load-options.ts";
import { DemoChannel } from "./demo-channel.ts";
import { renderNotification } from "./notification.ts";

const STREAM = "alerts";
const VIEWERS_ROLE = 200;
/** No file has this path, so the worker that has the notification as a job answers it itself. */
const PROGRAM = "/demo/omd-worker";

export interface Chat extends DemoChat, AsyncDisposable {
  /** Of the page that shows the stream. */
  readonly url: string;
  readonly server: ChatServer;
  /** Who looks at the page. */
  readonly viewer: FakeUser;
}

/** A stand-in for Zulip with a page, the notifier and the bot: all but the monitoring. */
export async function startChat(log: Log): Promise<Chat> {
  await using closing = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), "omd-worker-chat-"));
  closing.defer(() => rmSync(folder, { recursive: true, force: true }));
  const server = closing.use(
    await ChatServer.start({ limit: { requests: 2_000, seconds: 60 }, pages: () => pages }),
  );
  const { bot, viewer } = populate(server);
  const emoji = new Map(EMOJI_NAMES.map((name) => [name, readEmoji(name)]));
  const pages = createViewer({ user: viewer, stream: STREAM, emoji });
  const files = writeFiles(folder, server.url, bot);
  const ending = new AbortController();
  let core: Core | undefined;
  const channel = new DemoChannel(() => core);
  const running = [
    startNotifier(files.notifier, log, ending.signal),
    startBot(files.bot, { channel, log, signal: ending.signal }),
  ];
  closing.defer(async () => {
    ending.abort();
    await Promise.all(running);
  });
  const owned = closing.move();
  return {
    server,
    viewer,
    url: `${server.url}/`,
    attach: (given) => {
      core = given;
    },
    notify: (change) => {
      const { object, returnCode } = change.state;
      const isWell = returnCode === 0;
      // The first result of what is well is no news.
      if (isWell && change.before === undefined) return undefined;
      if (!channel.tells(object, isWell)) return undefined;
      return renderNotification(change, [PROGRAM, "notify", "zulip", `--config=${files.notifier}`]);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function populate({ world }: ChatServer) {
  const bot = world.addUser({ email: "bot@demo.local", fullName: "Icinga API-Bot", isBot: true });
  const viewer = world.addUser({ email: "you@demo.local", fullName: "You", role: VIEWERS_ROLE });
  world.addStream(STREAM, [bot.id, viewer.id]);
  for (const [at, name] of EMOJI_NAMES.entries()) world.emoji.set(name, String(at + 1));
  return { bot, viewer };
}

/** Writes the files that an operator writes. Returns their paths. */
function writeFiles(folder: string, site: string, bot: FakeUser) {
  const write = (name: string, lines: readonly string[]) => {
    const path = join(folder, name);
    writeFileSync(path, lines.map((line) => `${line}\n`).join(""), { mode: 0o600 });
    return path;
  };
  const login = [
    `site=${site}`,
    `email=${bot.email}`,
    `api_key_file=${write("key", [bot.key])}`,
    "stage=demo",
  ];
  return {
    notifier: write("zulip.conf", [...login, `stream=${STREAM}`, `spool=${join(folder, "spool")}`]),
    bot: write("zulip-bot.conf", [
      ...login,
      `permission=allow stream=${STREAM}`,
      `state_folder=${join(folder, "bot")}`,
      // It is not asked: the demo's core stands in for it.
      `monitoring=livestatus ${join(folder, "live")}`,
    ]),
  };
}

async function startNotifier(file: string, log: Log, signal: AbortSignal): Promise<void> {
  const settings = load(NOTIFIER_TABLE, file);
  const client = openClient(settings.connection, { env: {}, version: VERSION });
  await runNotifier({ running: new Replaceable({ client, config: settings }), log, signal });
}

interface Around {
  readonly channel: DemoChannel;
  readonly log: Log;
  readonly signal: AbortSignal;
}

async function startBot(file: string, { channel, log, signal }: Around): Promise<void> {
  const config = load(BOT_TABLE, file);
  const client = openClient(config.connection, { env: {}, version: VERSION });
  const running = new Replaceable({ client, config });
  await runBot({ running, log, signal, backend: new CheckedBackend(channel) });
}

function load<Config>(table: ConfigTable<Config>, file: string): Config {
  const loaded = loadOptions(table, [`--config=${file}`], { env: {} });
  if (typeof loaded === "string") throw new Error(loaded);
  return loaded.config;
}
