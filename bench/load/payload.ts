import { createCipheriv, createDecipheriv } from "node:crypto";
import type { Part } from "../scenarios/line.ts";

const CIPHER = "aes-256-ecb";
const KEY_BYTES = 32;
const BLOCK = 16;
/** Only so many bytes of a sealed result are opened. They hold all fields and the beginning of the output. */
const HEAD = 4096;
const HOST_NAME = "bench";

/**
 * mod_gearman's envelope: base64, around AES when there is a key. It shares no code with `src/payload` on
 * purpose.
 */
export interface Envelope {
  readonly seal: (text: string) => Buffer;
  /** The beginning of the text. */
  readonly open: (payload: Buffer) => string;
}

export function envelope(key: string | undefined): Envelope {
  if (key === undefined) {
    return {
      seal: (text) => Buffer.from(Buffer.from(text, "latin1").toString("base64"), "latin1"),
      open: (payload) => headOf(payload).toString("latin1"),
    };
  }
  const bytes = Buffer.alloc(KEY_BYTES);
  bytes.write(key, "latin1");
  const cipher = createCipheriv(CIPHER, bytes, null).setAutoPadding(false);
  const decipher = createDecipheriv(CIPHER, bytes, null).setAutoPadding(false);
  return {
    seal: (text) => {
      const padded = Buffer.alloc(Math.ceil(text.length / BLOCK) * BLOCK);
      padded.write(text, "latin1");
      return Buffer.from(cipher.update(padded).toString("base64"), "latin1");
    },
    open: (payload) => decipher.update(headOf(payload)).toString("latin1"),
  };
}

/** `HEAD` characters of base64 decode to a whole number of AES blocks. */
function headOf(payload: Buffer): Buffer {
  return Buffer.from(payload.toString("latin1", 0, HEAD), "base64");
}

/** The job a core would send for the host or service number `index`. */
export function jobText({ queue, command }: Pick<Part, "queue" | "command">, index: number): string {
  const now = (Date.now() / 1000).toFixed(6);
  return [
    `type=${queue}`,
    "result_queue=check_results",
    `host_name=${HOST_NAME}${index}`,
    ...(queue === "service" ? [`service_description=service ${index}`] : []),
    `core_time=${now}`,
    "timeout=60",
    `command_line=${numberCommand(command, index)}`,
    "\n\n",
  ].join("\n");
}

/**
 * `%i` → the job's number, `%a` → an address of this machine that only this job has, `%h250` → the address of
 * one of 250 hosts.
 */
function numberCommand(command: string, index: number): string {
  if (!command.includes("%")) return command;
  return command
    .replaceAll("%i", String(index))
    .replaceAll("%a", addressOf(1, index))
    .replace(/%h(\d+)/g, (_, hosts: string) => addressOf(2, index % Number(hosts)));
}

function addressOf(network: number, index: number): string {
  return `127.${network}.${index >> 8}.${index & 0xff}`;
}

export interface ResultText {
  readonly index: number;
  readonly returnCode: number;
  /** The first line. */
  readonly output: string;
}

export function readResult(text: string): ResultText {
  return {
    index: Number.parseInt(field(text, `host_name=${HOST_NAME}`), 10),
    returnCode: Number.parseInt(field(text, "return_code="), 10),
    output: field(text, "output=").split("\\n", 1)[0] ?? "",
  };
}

function field(text: string, start: string): string {
  const at = text.startsWith(start) ? 0 : text.indexOf(`\n${start}`) + 1;
  if (at === 0 && !text.startsWith(start)) return "";
  const end = text.indexOf("\n", at);
  return text.slice(at + start.length, end < 0 ? undefined : end);
}
