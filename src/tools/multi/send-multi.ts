import type { ByteString } from "../../byte-string.ts";
import type { MultiConfig } from "../../config/tools/multi-table.ts";
import { Delivery } from "../send/delivery.ts";
import { describeFailure } from "../send/describe-failure.ts";
import { readAll } from "../send/input.ts";
import { SendError } from "../send/sender.ts";
import { encodeSentResult } from "../send/sent-result.ts";
import { within } from "../send/within.ts";
import type { ToolIo } from "../tool-io.ts";
import { type ChildCheck, readChildren } from "./read-children.ts";

const OK = 0;
const CRITICAL = 2;
const UNKNOWN = 3;

/** Sends a result for each child of check_multi's output. Resolves to the exit code. */
export async function sendMulti(config: MultiConfig, io: ToolIo): Promise<number> {
  const text = await within(config.timeout, readAll(io.stdin()));
  if (text === undefined) {
    io.stdout(`Timeout after ${config.timeout} seconds - got no input! Send plugin output to stdin.\n`);
    return CRITICAL;
  }
  const read = readChildren(text);
  switch (read.kind) {
    case "message":
      io.stdout(Buffer.from(`send_multi UNKNOWN: error msg in input buffer: ${text}\n`, "latin1"));
      return UNKNOWN;
    case "unclosed":
      io.stdout("send_multi UNKNOWN: no closing tag </CHILD> within buffer\n");
      return UNKNOWN;
    case "children":
      return send(read.children, config, io);
  }
}

async function send(children: readonly ChildCheck[], config: MultiConfig, io: ToolIo): Promise<number> {
  const count = children.length;
  if (count === 0) {
    io.stdout("send_multi UNKNOWN: 0 check_multi child checks submitted\n");
    return UNKNOWN;
  }
  const now = Date.now() / 1000;
  await using delivery = new Delivery(config, io.stderr);
  try {
    await delivery.send(children.map((child) => encode(child, config, now)));
    await delivery.flush();
  } catch (error) {
    if (!(error instanceof SendError)) throw error;
    io.stdout(`${describeFailure("send_multi", error)}\n`);
    return UNKNOWN;
  }
  io.stdout(`send_multi OK: ${count} check_multi child check${count > 1 ? "s" : ""} submitted\n`);
  return OK;
}

function encode({ runtime, ...child }: ChildCheck, { host, active }: MultiConfig, now: number): ByteString {
  return encodeSentResult({
    ...child,
    isActive: active,
    hostName: host,
    startTime: now - runtime,
    finishTime: now,
    latency: undefined,
    source: "send_multi",
  });
}
