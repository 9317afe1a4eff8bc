import {
  CheckDeclined,
  CheckFailure,
  CRITICAL,
  fperfdata,
  getStatus,
  OK,
  perfdata,
  type Range,
  STATE_NAMES,
  type State,
  UNKNOWN,
  WARNING,
} from "../../sdk/index.ts";
import { maxStateAlt } from "../../sdk/state.ts";
import { sprintf } from "../libc/printf.ts";
import type { StepTimes } from "./ask.ts";
import type { Expectations } from "./command.ts";
import { type Finding, judgeAge } from "./dates.ts";
import type { Redirects } from "./options.ts";
import { type HttpPage, isChunked, unchunk } from "./page.ts";
import { type HttpTarget, renderUrl } from "./request.ts";

/** What the status line means: a state with its text, or a redirect. */
export type Status =
  | { readonly kind: "final"; readonly state: State; readonly text: string }
  | { readonly kind: "redirect"; readonly rules: Exclude<Redirects, State> };

/** Judges the status line. Throws a CheckFailure if it is not a valid one. */
export function judgeStatus(
  { statusLine, body }: HttpPage,
  { port }: HttpTarget,
  { expect, redirects, showsBody }: Expectations,
): Status {
  if (!(expect ?? "HTTP/1.").split(",").some((each) => each !== "" && statusLine.includes(each))) {
    const place = port === 80 ? "" : ` on port ${port}`;
    const text = `HTTP CRITICAL - Invalid HTTP response received from host${place}: ${statusLine}\n`;
    throw new CheckFailure(showsBody ? `${text}\n${body}` : text, CRITICAL);
  }
  if (expect !== undefined)
    return { kind: "final", state: OK, text: `Status line output matched "${expect}"` };
  const status = readStatus(statusLine);
  if (status >= 500) return { kind: "final", state: CRITICAL, text: statusLine };
  if (status >= 400) return { kind: "final", state: WARNING, text: statusLine };
  if (status < 300) return { kind: "final", state: OK, text: statusLine };
  if (typeof redirects !== "number") return { kind: "redirect", rules: redirects };
  return { kind: "final", state: redirects, text: statusLine };
}

/** Reads the status. A line without a blank is invalid; the plugin crashes on it. */
function readStatus(statusLine: string): number {
  const [, digits = ""] = / ([0-9]*)/.exec(statusLine) ?? [];
  if (digits.length !== 3)
    throw new CheckFailure(`HTTP CRITICAL: Invalid Status Line (${statusLine})\n`, CRITICAL);
  const status = Number(digits);
  if (status < 100 || status >= 600)
    throw new CheckFailure(`HTTP CRITICAL: Invalid Status (${statusLine})\n`, CRITICAL);
  return status;
}

/** The last page, and all that is known about it. */
export interface Visit {
  readonly target: HttpTarget;
  readonly page: HttpPage;
  readonly times: StepTimes;
  /** The states of the status line and of the server's certificate. */
  readonly states: readonly State[];
  /** The first text of the answer: mostly the status line. */
  readonly title: string;
  /**
   * For a plugin that prints only the last of its findings: what it prints if there is none. Without it all
   * are printed.
   */
  readonly remark?: string;
}

/** The answer of the check. */
export interface VisitAnswer {
  readonly state: State;
  readonly text: string;
}

/**
 * Judges the last page, and renders the answer. Throws a CheckFailure or a CheckDeclined if it cannot be
 * judged.
 *
 * @param elapsed seconds that the whole check took
 */
export async function judgeVisit(
  visit: Visit,
  elapsed: number,
  { expectations, signal }: { readonly expectations: Expectations; readonly signal: AbortSignal },
): Promise<VisitAnswer> {
  const { page, target } = visit;
  const { maximumAge, thresholds, showsBody, isLinked } = expectations;
  const body = await readBody(page, expectations, signal);
  const findings = [
    maximumAge === undefined ? undefined : judgeAge(page.header, maximumAge),
    judgeText("header", { text: page.header, target, expected: expectations.headerText }),
    judgeText("string", { text: body, target, expected: expectations.bodyText }),
    await judgePattern(body, expectations, signal),
    judgeSize(page.size, expectations),
  ].filter((finding) => finding !== undefined);
  const found = joinFindings(findings, visit);
  const title = found === "" ? visit.title : `${visit.title} - ${found}`;
  const time = sprintf("%d bytes in %.3f second response time ", page.size, elapsed);
  const perfdataText = renderPerfdata(visit, elapsed, expectations);
  const states = findings.map(({ state }) => state);
  const state = maxStateAlt(getStatus(elapsed, thresholds), ...visit.states, ...states);
  const text = `HTTP ${STATE_NAMES[state]}: ${title} - ${time}${isLinked ? "</A>" : ""}|${perfdataText}\n`;
  return { state, text: showsBody ? `${text}${body}\n` : text };
}

function joinFindings(findings: readonly Finding[], { remark }: Visit): string {
  if (remark !== undefined) return findings.at(-1)?.text ?? remark;
  return findings.map(({ text }) => text).join(", ");
}

/** Whether a check looks at the body of the page. */
export function usesBody({ bodyText, pattern, showsBody }: Expectations): boolean {
  return bodyText !== "" || pattern !== undefined || showsBody;
}

/**
 * Gives the body to search or show. A page that is too large was not kept completely, so its chunks are not
 * read, and a check that needs the body is left to the plugin.
 */
async function readBody(page: HttpPage, expectations: Expectations, signal: AbortSignal): Promise<string> {
  const { header, body, isCut } = page;
  if (isCut && usesBody(expectations)) throw new CheckDeclined("the page is too large to be searched");
  if (isCut || page.isDecoded || expectations.stopsAtHeader || !isChunked(header)) return body;
  const whole = await unchunk(body, signal);
  if (whole === undefined) throw new CheckFailure("HTTP UNKNOWN: Failed to unchunk message body\n", UNKNOWN);
  return whole;
}

/** Longer texts are cut when they are quoted. */
const MAX_QUOTED = 29;

function judgeText(
  kind: "header" | "string",
  {
    text,
    expected,
    target,
  }: { readonly text: string; readonly expected: string; readonly target: HttpTarget },
): Finding | undefined {
  if (expected === "" || text.includes(expected)) return undefined;
  const quoted = expected.length > MAX_QUOTED ? `${expected.slice(0, MAX_QUOTED - 3)}...` : expected;
  return { state: CRITICAL, text: `${kind} '${quoted}' not found on '${renderUrl(target)}'` };
}

async function judgePattern(
  body: string,
  { pattern, isInverted }: Expectations,
  signal: AbortSignal,
): Promise<Finding | undefined> {
  if (pattern === undefined || (await pattern.finds(body, signal)) !== isInverted) return undefined;
  return { state: CRITICAL, text: isInverted ? "pattern found" : "pattern not found" };
}

function judgeSize(size: number, { pageSize: { min, max } }: Expectations): Finding | undefined {
  if (max > 0 && size > max) return { state: WARNING, text: `page size ${size} too large` };
  return size < min ? { state: WARNING, text: `page size ${size} too small` } : undefined;
}

function renderPerfdata(
  { page: { size }, times, target }: Visit,
  elapsed: number,
  expectations: Expectations,
): string {
  const { thresholds, timeout: max, extended, pageSize } = expectations;
  const limits = { warning: endOf(thresholds.warning), critical: endOf(thresholds.critical), min: 0, max };
  const sizeLimits = pageSize.min > 0 ? { warning: pageSize.min, critical: 0, min: 0 } : { min: 0 };
  const always = [fperfdata("time", elapsed, "s", limits), perfdata("size", size, "B", sizeLimits)];
  if (!extended) return always.join(" ");
  const step = (name: string, seconds: number) => fperfdata(`time_${name}`, seconds, "s", { max });
  return [
    ...always,
    step("connect", times.connect),
    target.usesTls ? step("ssl", times.tls) : "",
    step("headers", times.headers),
    step("firstbyte", times.firstByte),
    step("transfer", times.transfer),
  ].join(" ");
}

/** Gives the upper end of a threshold. The plugin prints 0 if there is none. */
function endOf(threshold: Range | undefined): number | undefined {
  return threshold && (threshold.end === Number.POSITIVE_INFINITY ? 0 : threshold.end);
}
