import { closeSync, openSync, readSync } from "node:fs";
import { CheckDeclined } from "../../../sdk/index.ts";
import { trimEnd } from "../../libc/trim-end.ts";

/** A process, as `/proc` shows it. Texts are byte strings. */
export interface MachineProcess {
  readonly pid: number;
  readonly parent: number;
  /** One letter, as `ps` has it first. */
  readonly state: string;
  readonly name: string;
  /** Its arguments as `ps` shows them; empty if they were not asked for. */
  readonly words: string;
}

/** The parent of the kernel's threads. */
export const KTHREADD = "kthreadd";

/** Undefined: it has ended. This process itself sleeps, as it does while a plugin runs. */
export function readProcess(
  pid: number,
  { withWords }: { readonly withWords: boolean },
): MachineProcess | undefined {
  const stat = readIfThere(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The name may hold brackets and blanks.
  const [, name, shown, parent] = /^[0-9]+ \((.*)\) (.) ([0-9]+) /s.exec(stat) ?? [];
  if (name === undefined || shown === undefined || name.trim() === "")
    throw new CheckDeclined("the list of processes has another form");
  const state = pid === process.pid ? "S" : shown;
  const words = withWords ? readWords(pid, name, state) : "";
  return words === undefined ? undefined : { pid, parent: Number(parent), state, name, words };
}

/** What `ps` shows in place of a character that cannot be printed. */
const UNPRINTABLE = /[^\x20-\x7e]/g;
const MOST_BYTES = 100_000;

function readWords(pid: number, name: string, state: string): string | undefined {
  const line = readIfThere(`/proc/${pid}/cmdline`);
  if (line === undefined) return undefined;
  if (line.length > MOST_BYTES) throw new CheckDeclined("a process has very many arguments");
  const known = trimEnd(line, "\0");
  if (known === "") return state === "Z" ? `[${name}] <defunct>` : `[${name}]`;
  return known.replaceAll("\0", " ").replace(UNPRINTABLE, "?");
}

const BUFFER = Buffer.alloc(MOST_BYTES + 1);

/** This takes half the time of readFileSync. Undefined: the process has ended, or may not be looked at. */
function readIfThere(path: string): string | undefined {
  try {
    const file = openSync(path, "r");
    try {
      return readAll(file);
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}

function readAll(file: number): string {
  let size = 0;
  for (;;) {
    const more = readSync(file, BUFFER, size, BUFFER.length - size, null);
    size += more;
    if (more === 0 || size === BUFFER.length) return BUFFER.toString("latin1", 0, size);
  }
}
