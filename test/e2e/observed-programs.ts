import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { freePort } from "../support/free-port.ts";
import { startWriter } from "../support/perfdata/writer.ts";
import { BotChat } from "../support/processes/bot-chat.ts";
import { startBot, startNotifier } from "../support/processes/zulip-bot.ts";

/** The programs beside a worker, each with its metrics, and all is well with them. */
export interface ObservedPrograms extends AsyncDisposable {
  /** `host:port` of their metrics. */
  readonly targets: readonly string[];
}

export async function startPrograms(gearmandPort: number): Promise<ObservedPrograms> {
  await using stack = new AsyncDisposableStack();
  const chat = stack.use(await BotChat.start());
  const { folder } = chat;
  const pipe = join(folder, "core.cmd");
  execFileSync("mkfifo", [pipe]);
  const targets = await Promise.all([1, 2, 3].map(async () => `127.0.0.1:${await freePort()}`));
  const [ofWriter, ofNotifier, ofBot] = targets.map((target) => `prometheus_server=${target}`);
  const database = createServer((_, answer) => void answer.writeHead(204).end()).listen(0, "127.0.0.1");
  await once(database, "listening");
  stack.defer(() => void database.close());
  const { port } = database.address() as AddressInfo;
  const writing = [`server=127.0.0.1:${gearmandPort}`, "encryption=no", `spool=${folder}/perfdata`];
  const target = `target=main http://127.0.0.1:${port} database=nagflux`;
  stack.use(await startWriter([...writing, target, `${ofWriter}`], folder));
  chat.configure(`pipe ${pipe}`, `${ofBot}`);
  const bot = stack.use(startBot(folder));
  // Its last contact is the first thing that Zulip tells: here the alert.
  await bot.logged("listens to");
  await chat.notify({ host: "web1", service: "http" });
  stack.use(startNotifier(folder, `--${ofNotifier}`));
  const all = stack.move();
  return { targets, [Symbol.asyncDispose]: () => all.disposeAsync() };
}
