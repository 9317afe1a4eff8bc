import {
  type CheckOutput,
  CRITICAL,
  fperfdata,
  OK,
  STATE_NAMES,
  type State,
  WARNING,
} from "../../sdk/index.ts";
import { sprintf } from "../libc/printf.ts";
import type { TcpReply } from "./reply.ts";
import type { TcpRequest } from "./request.ts";

/**
 * Renders the plugin's answer.
 *
 * @param time seconds from the connect to the end of the reply, without the delay of `-d`
 */
export function renderAnswer(request: TcpRequest, reply: TcpReply, time: number): CheckOutput {
  const isMismatch = reply.match === "failure";
  const timeState = judgeTime(time, request);
  const state = isMismatch && timeState !== CRITICAL ? request.mismatch : timeState;
  const text = isMismatch ? mismatchText(request, reply) : matchText(request, reply, time);
  const title = `${request.service} ${STATE_NAMES[state]}`;
  return { returnCode: state, output: `${title} - ${text}|${renderTime(time, request, isMismatch)}\n` };
}

function judgeTime(time: number, { warning, critical }: TcpRequest): State {
  if (critical !== undefined && time > critical) return CRITICAL;
  return warning !== undefined && time > warning ? WARNING : OK;
}

function mismatchText(request: TcpRequest, { text, isShown }: TcpReply): string {
  const said = isShown && !request.hidesReply ? `: ${text}` : ` on ${place(request)}`;
  return `Unexpected response from host/socket${said}`;
}

function matchText(request: TcpRequest, { text, isShown }: TcpReply, time: number): string {
  const said = isShown && !request.hidesReply ? ` [${text}]` : "";
  return `${sprintf("%.3f", time)} second response time on ${place(request)}${said}`;
}

function place({ address, port, isNamed }: TcpRequest): string {
  if (address.startsWith("/")) return `socket ${address}`;
  return isNamed ? `${address} port ${port}` : `port ${port}`;
}

/** The perfdata. If the reply does not match, the plugin prints thresholds as 0. */
function renderTime(time: number, { warning, critical, timeout }: TcpRequest, isMismatch: boolean): string {
  const shown = (threshold: number | undefined) => (isMismatch && threshold !== undefined ? 0 : threshold);
  return fperfdata("time", time, "s", {
    warning: shown(warning),
    critical: shown(critical),
    min: 0,
    max: timeout,
  });
}
