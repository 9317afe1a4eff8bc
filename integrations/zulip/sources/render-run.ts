import type { HandlerRun } from "../../../src/handlers/handler-run.ts";
import type { Post } from "../notify/post-entry.ts";
import { safeText } from "../notify/safe-text.ts";
import { fitTopic } from "../notify/topic.ts";
import type { RunTexts } from "./run-texts.ts";

export interface RunStyle {
  readonly stream: string;
  readonly stage: string;
  readonly texts: RunTexts;
}

const MAX_NAME = 255;
const MAX_OUTPUT = 500;
const LINE_OUTPUT = 150;

/** The report of one run, in the topic of its event handler. */
export function renderRunReport(run: HandlerRun, { stream, stage, texts }: RunStyle): Post {
  const { handler, result, seconds, output, command, time } = run;
  // The worker knows better than who reports it.
  const shownStage = run.stage ?? stage;
  const objects = [run.service, run.host].filter((name) => name !== undefined && name !== "");
  const what = [handler, ...objects].map((name) => safeText(name ?? "", MAX_NAME)).join(" - ");
  const head = `**${texts.labels[result]}** - ${what}`;
  const wasRun = result === "ok" || result === "failed" || result === "timed-out";
  const line = (title: string, value: string) => (value === "" ? [] : [`${title}: ${value}`]);
  return {
    time: Date.parse(time),
    stream,
    topic: fitTopic(handler),
    content: [
      head,
      ...line(texts.state, stateOf(run)),
      ...(wasRun ? [texts.end(codeOf(run, texts), seconds.toFixed(1))] : []),
      ...line(texts.output, safeText(output, MAX_OUTPUT)),
      ...(wasRun ? [] : line(texts.command, safeText(command, MAX_OUTPUT))),
      ...line(texts.stage, safeText(shownStage, MAX_NAME)),
    ].join("\n"),
    line: `<time:${time.replace(/\.\d+Z$/, "Z")}> ${head}${output === "" ? "" : `: ${safeText(output, LINE_OUTPUT)}`}`,
  };
}

function stateOf({ state = "", stateType = "", attempt }: HandlerRun): string {
  return safeText([state, stateType, attempt ?? ""].filter((word) => word !== "").join(" "), MAX_NAME);
}

function codeOf({ returnCode, signal }: HandlerRun, texts: RunTexts): string | undefined {
  if (returnCode !== undefined) return texts.returnCode(returnCode);
  return signal === undefined ? undefined : texts.signal(signal);
}
