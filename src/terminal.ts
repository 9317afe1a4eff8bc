/** The terminal of the process, or a test's own. */
export interface Terminal {
  readonly write: (text: string) => void;
  readonly size: () => { readonly columns: number; readonly rows: number };
  /** Keys are read where this is a terminal. */
  readonly input: NodeJS.ReadStream;
}

/** A screen of our own over what stands on the terminal. */
export interface Screen {
  /** Shows these lines, and nothing else. */
  readonly draw: (text: string) => void;
  /** Leaves the terminal as it was. */
  readonly end: () => void;
}

const ENTER = "\x1b[?1049h\x1b[?25l";
const LEAVE = "\x1b[?25h\x1b[?1049l";
const HOME = "\x1b[H";
const CLEAR_LINE = "\x1b[K";
const CLEAR_BELOW = "\x1b[J";

/** q, Ctrl-C (no signal comes in raw mode), Ctrl-D. */
export const END_KEYS: readonly string[] = ["q", "\x03", "\x04"];

/**
 * Goes to the alternate screen and gives keys to `onKey`. The terminal is as before after `end`, and when the
 * process ends or fails without it.
 */
export function openScreen({ write, input }: Terminal, onKey: (key: string) => void): Screen {
  const keys = new KeyReader(onKey);
  write(ENTER);
  if (input.isTTY) {
    input.setRawMode(true);
    input.setEncoding("utf8").on("data", keys.push);
  }
  let isOpen = true;
  const end = () => {
    if (!isOpen) return;
    isOpen = false;
    if (input.isTTY) {
      keys.stop();
      input.off("data", keys.push).setRawMode(false);
      input.pause();
    }
    write(LEAVE);
    process.off("exit", end).off("uncaughtExceptionMonitor", end);
  };
  // The monitor is called before the error is printed, which is to stand on the usual screen.
  process.on("exit", end).on("uncaughtExceptionMonitor", end);
  return {
    // Lines are written over those that are there: an empty screen in between would flicker.
    draw: (text) => write(`${HOME}${text.replaceAll("\n", `${CLEAR_LINE}\n`)}${CLEAR_LINE}${CLEAR_BELOW}`),
    end,
  };
}

/** An arrow, a page key and the like; or one character. */
const KEY = /\x1b[[O][0-9;]*[A-Za-z~]|[\s\S]/gu;
const HALF_KEY = /\x1b(?:[[O][0-9;]*)?$/;
/** A key's bytes may come in two pieces over a slow line. */
const REST_WITHIN_MS = 50;
/** What other terminals, and tmux, send for Home and End. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  "\x1b[1~": "\x1b[H",
  "\x1b[7~": "\x1b[H",
  "\x1b[4~": "\x1b[F",
  "\x1b[8~": "\x1b[F",
};

/** Makes keys of what is read, which may be several keys, or half of one. */
class KeyReader {
  readonly #onKey: (key: string) => void;
  #half = "";
  #timer: NodeJS.Timeout | undefined;

  constructor(onKey: (key: string) => void) {
    this.#onKey = onKey;
  }

  readonly push = (text: string): void => {
    clearTimeout(this.#timer);
    const all = this.#half + text;
    this.#half = HALF_KEY.exec(all)?.[0] ?? "";
    if (this.#half !== "") this.#timer = setTimeout(this.#flush, REST_WITHIN_MS);
    this.#tell(all.slice(0, all.length - this.#half.length));
  };

  stop(): void {
    clearTimeout(this.#timer);
  }

  readonly #flush = (): void => {
    const half = this.#half;
    this.#half = "";
    this.#tell(half);
  };

  #tell(text: string): void {
    for (const [key] of text.matchAll(KEY)) {
      const named = key.replace(/^\x1bO/, "\x1b[");
      this.#onKey(OTHER_NAMES[named] ?? named);
    }
  }
}
