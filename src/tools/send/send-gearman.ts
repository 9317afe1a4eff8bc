import { type ByteString, fromByteString } from "../../byte-string.ts";
import type { SendConfig } from "../../config/tools/send-table.ts";
import type { ToolIo } from "../tool-io.ts";
import { Delivery } from "./delivery.ts";
import { describeFailure } from "./describe-failure.ts";
import { readAll, readLines } from "./input.ts";
import { type LineResult, lineReader } from "./read-line.ts";
import { SendError } from "./sender.ts";
import { encodeSentResult, type SentResult } from "./sent-result.ts";
import { within } from "./within.ts";

const OK = 0;
const UNKNOWN = 3;

/** Sends one result, or one for each line of standard input. Resolves to the exit code. */
export async function sendGearman(config: SendConfig, io: ToolIo): Promise<number> {
  await using delivery = new Delivery(config, io.stderr);
  try {
    return await (config.host === undefined
      ? sendLines(config, delivery, io)
      : sendOne({ ...config, host: config.host }, delivery, io));
  } catch (error) {
    if (!(error instanceof SendError)) throw error;
    io.stdout(`${describeFailure("send_gearman", error)}\n`);
    if (config.host === undefined) io.stdout("failed to send result!\n");
    return UNKNOWN;
  }
}

async function sendOne(
  config: SendConfig & { readonly host: ByteString },
  delivery: Delivery,
  io: ToolIo,
): Promise<number> {
  const { host: hostName, service: serviceDescription, returncode: returnCode, timeout } = config;
  const output = config.message ?? (await within(timeout, readAll(io.stdin())));
  if (output === undefined) {
    io.stdout(
      `got no input after ${timeout} seconds! Either send plugin output to stdin or use --message=...\n`,
    );
    return UNKNOWN;
  }
  await delivery.send([encodeResult({ hostName, serviceDescription, returnCode, output }, config)]);
  await delivery.flush();
  return OK;
}

async function sendLines(config: SendConfig, delivery: Delivery, io: ToolIo): Promise<number> {
  await Promise.race([pump(config, delivery, io), delivery.failed]);
  io.stdout(`${delivery.delivered} data packet(s) sent to host successfully.\n`);
  return OK;
}

/** Each piece of the input is sent as it comes: it may be the end of a log that is still written. */
async function pump(config: SendConfig, delivery: Delivery, io: ToolIo): Promise<void> {
  const read = lineReader(config.delimiter);
  const complain = limited(io.stderr);
  let number = 0;
  for await (const lines of readLines(io.stdin())) {
    const texts: ByteString[] = [];
    for (const line of lines) {
      number += 1;
      const result = read(line);
      const fault = findFault(line, result);
      if (fault !== undefined) complain(`line ${number}: ${fault}\n`);
      if (result !== undefined) texts.push(encodeResult(result, config));
    }
    await delivery.send(texts);
  }
  await delivery.flush();
}

function findFault(line: ByteString, result: LineResult | undefined): string | undefined {
  if (result?.unclearCode !== undefined)
    return `the return code '${fromByteString(result.unclearCode).slice(0, 20)}' is no number, 0 is sent`;
  if (result !== undefined || line.trim() === "") return undefined;
  return "skipped, it needs a host, perhaps a service, a return code and an output";
}

const MAX_COMPLAINTS = 10;

/** A file of another kind would be as many complaints as it has lines. */
function limited(say: (text: string) => void): (text: string) => void {
  let count = 0;
  return (text) => {
    count += 1;
    if (count <= MAX_COMPLAINTS) say(text);
    else if (count === MAX_COMPLAINTS + 1) say("more of this is not told\n");
  };
}

type Written = Pick<SentResult, "hostName" | "serviceDescription" | "returnCode" | "output">;

function encodeResult(written: Written, config: SendConfig): ByteString {
  const now = Date.now() / 1000;
  return encodeSentResult({
    ...written,
    isActive: config.active,
    startTime: config.starttime ?? now,
    finishTime: config.finishtime ?? now,
    latency: config.latency,
    source: "send_gearman",
  });
}
