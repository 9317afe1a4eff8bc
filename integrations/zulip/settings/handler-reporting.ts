import { fromByteString } from "../../../src/byte-string.ts";
import type { HandlerReporting } from "../sources/handler-reports.ts";
import { RUN_TEXTS } from "../sources/run-texts.ts";
import type { MessageSettings } from "./messages.ts";
import type { ZulipValues } from "./options.ts";

/** Undefined: runs of event handlers are not reported. */
export function completeReporting(
  { handlerLog: file, handlerStream, handlerReports, language }: ZulipValues,
  { stream, stage }: Pick<MessageSettings["style"], "stream" | "stage">,
): HandlerReporting | undefined {
  if (file === undefined) return undefined;
  const own = handlerStream === undefined ? stream : fromByteString(handlerStream);
  const style = { stream: own, stage, texts: RUN_TEXTS[language] };
  return { file, style, onlyFailures: handlerReports === "failures" };
}
