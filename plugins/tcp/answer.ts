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
import type { Reply } from "./reply.ts";
import type { TcpRequest } from "./request.ts";

/** @param time seconds */
export function renderAnswer(request: TcpRequest, reply: Reply, time: number): CheckOutput {
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

function mismatchText(request: TcpRequest, { text, isShown }: Reply): string {
  const said = isShown && !request.hidesReply ? `: ${text}` : ` on ${place(request)}`;
  return `Unexpected response from host/socket${said}`;
}

function matchText(request: TcpRequest, { text, isShown }: Reply, time: number): string {
  const said = isShown && !request.hidesReply ? ` [${text}]` : "";
  return `${sprintf("%.3f", time)} second response time on ${place(request)}${said}`;
}

function place({ address, port, isNamed }: TcpRequest): string {
  if (address.startsWith("/")) return `socket ${address}`;
  return isNamed ? `${address} port ${port}` : `port ${port}`;
}

/** Beside a reply not expected, thresholds are printed as zero. */
function renderTime(time: number, { warning, critical, timeout }: TcpRequest, isMismatch: boolean): string {
  const shown = (threshold: number | undefined) => (isMismatch && threshold !== undefined ? 0 : threshold);
  return fperfdata("time", time, "s", {
    warning: shown(warning),
    critical: shown(critical),
    min: 0,
    max: timeout,
  });
}
