import type { DealtEntries } from "../../spool/dealt-entries.ts";
import { isShortage, type SpoolFolder, type SpoolName } from "../../spool/spool-folder.ts";
import { type MessageStyle, renderNotice } from "./message.ts";
import { readNotice } from "./notice.ts";
import { decodeEntry } from "./notice-entry.ts";
import type { Waiting } from "./plan.ts";
import { decodePost, type Post } from "./post-entry.ts";

/** So many are looked at; the others wait behind them. */
const MAX_READ = 2_000;

export interface WaitingOptions {
  readonly spool: SpoolFolder;
  readonly dealt: DealtEntries;
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
    const { spool, dealt } = this.#options;
    const entries = (await spool.names()).filter(({ name }) => !dealt.has(name));
    const waiting: Waiting[] = [];
    for (const entry of entries.slice(0, MAX_READ)) {
      const one = this.#known.get(entry.name) ?? (await this.#readEntry(entry));
      if (one !== undefined) waiting.push(one);
    }
    this.#known = new Map(waiting.map((one) => [one.entry, one]));
    return waiting;
  }

  async #readEntry(entry: SpoolName): Promise<Waiting | undefined> {
    const { dealt, style, onUnreadable, onDropped } = this.#options;
    const bytes = await this.#readFile(entry);
    if (bytes === undefined) return undefined;
    const post = decodePost(bytes);
    if (post !== undefined) return waitingPost(entry.name, post);
    const decoded = decodeEntry(bytes);
    const notice = decoded && readNotice(decoded.macros, decoded.time);
    if (notice === undefined) {
      onUnreadable(await dealt.setAside(entry));
      return undefined;
    }
    const message = renderNotice(notice, style);
    const subject = `${notice.host}\n${notice.service ?? ""}`;
    if (message !== undefined) return { entry: entry.name, time: notice.time, subject, message };
    await dealt.remove(entry);
    onDropped();
    return undefined;
  }

  /** Throws where waiting may help. A file that the disk does not give must not keep all others waiting. */
  async #readFile(entry: SpoolName): Promise<Buffer | undefined> {
    const { spool, dealt, onUnreadable } = this.#options;
    try {
      return await spool.read(entry);
    } catch (error) {
      if (isShortage(error)) throw error;
      onUnreadable(await dealt.setAside(entry));
      return undefined;
    }
  }
}

/** Each of them is told, however old it is. */
function waitingPost(entry: string, { time, stream, topic, content, line }: Post): Waiting {
  const message = { stream, topic, content, line, widget: undefined, news: "post" } as const;
  return { entry, time, subject: entry, message };
}
