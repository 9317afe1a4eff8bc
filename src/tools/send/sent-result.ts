import type { ByteString } from "../../byte-string.ts";
import { escapeLineFeeds, readOutput } from "../../result/output.ts";

/** A result that a tool sends. Times are seconds since the epoch. */
export interface SentResult {
  readonly isActive: boolean;
  readonly hostName: ByteString;
  /** The core takes a result without a description for the result of the host. */
  readonly serviceDescription: ByteString | undefined;
  readonly startTime: number;
  readonly finishTime: number;
  /** In seconds. send_multi writes none. */
  readonly latency: number | undefined;
  readonly returnCode: number;
  /** The program that sends it. */
  readonly source: ByteString;
  readonly output: ByteString;
}

interface SentField {
  readonly name: string;
  readonly write: (result: SentResult) => ByteString | undefined;
}

/** The lines in the order of the C tools. `output` comes last: the core reads no field after an empty one. */
const SENT_FIELDS: readonly SentField[] = [
  { name: "type", write: ({ isActive }) => (isActive ? "active" : "passive") },
  { name: "host_name", write: ({ hostName }) => oneLine(hostName) },
  { name: "start_time", write: ({ startTime }) => startTime.toFixed(6) },
  { name: "finish_time", write: ({ finishTime }) => finishTime.toFixed(6) },
  { name: "latency", write: ({ latency }) => latency?.toFixed(6) },
  { name: "return_code", write: ({ returnCode }) => returnCode.toString() },
  { name: "source", write: ({ source }) => source },
  { name: "service_description", write: ({ serviceDescription }) => oneLine(serviceDescription) },
  { name: "output", write: ({ output }) => escapeLineFeeds(readOutput(output)) },
];

/** The text of the payload, before it is sealed. */
export function encodeSentResult(result: SentResult): ByteString {
  let text = "";
  for (const { name, write } of SENT_FIELDS) {
    const value = write(result);
    if (value !== undefined) text += `${name}=${value}\n`;
  }
  return `${text}\n`;
}

/** A line feed in a name must not begin another field. An empty name is left out. */
function oneLine(value: ByteString | undefined): ByteString | undefined {
  return value === "" ? undefined : value?.replace(/[\0\n]/g, " ");
}
