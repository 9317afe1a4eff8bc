import type { SpoolFolder, SpoolName } from "../../spool/spool-folder.ts";
import { type MessageStyle, renderNotice } from "./message.ts";
import { readNotice } from "./notice.ts";
import { decodeEntry } from "./notice-entry.ts";
import type { Waiting } from "./plan.ts";
import { decodePost, type Post } from "./post-entry.ts";

/** So many are looked at; the others wait behind them. */
const MAX_READ = 2_000;

export interface WaitingOptions {
  readonly spool: SpoolFolder;
  readonly style: MessageStyle;
  /** Nobody can read it. It lies at the path now. */
  readonly onUnreadable: (path: string) => void;
  /** A route says that it is not sent. */
  readonly onDropped: () => void;
}

/** The notices in the spool, each read once. */
export class WaitingNotices {
  readonly #options: WaitingOptions;
  #known = new Map<string, Waiting>();

  constructor(options: WaitingOptions) {
    this.#options = options;
  }

  /** In the order in which they came. */
  async read(): Promise<readonly Waiting[]> {
    const entries = await this.#options.spool.names();
    const waiting: Waiting[] = [];
    for (const entry of entries.slice(0, MAX_READ)) {
      const one = this.#known.get(entry.name) ?? (await this.#readEntry(entry));
      if (one !== undefined) waiting.push(one);
    }
    this.#known = new Map(waiting.map((one) => [one.entry, one]));
    return waiting;
  }

  async #readEntry(entry: SpoolName): Promise<Waiting | undefined> {
    const { spool, style, onUnreadable, onDropped } = this.#options;
    const bytes = await spool.read(entry);
    if (bytes === undefined) return undefined;
    const post = decodePost(bytes);
    if (post !== undefined) return waitingPost(entry.name, post);
    const decoded = decodeEntry(bytes);
    const notice = decoded && readNotice(decoded.macros, decoded.time);
    if (notice === undefined) {
      onUnreadable(await spool.setAside(entry));
      return undefined;
    }
    const message = renderNotice(notice, style);
    const subject = `${notice.host}\n${notice.service ?? ""}`;
    if (message !== undefined) return { entry: entry.name, time: notice.time, subject, message };
    await spool.remove(entry);
    onDropped();
    return undefined;
  }
}

/** Each of them is told, however old it is. */
function waitingPost(entry: string, { time, stream, topic, content, line }: Post): Waiting {
  const message = { stream, topic, content, line, widget: undefined, news: "post" } as const;
  return { entry, time, subject: entry, message };
}
