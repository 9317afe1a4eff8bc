import { type ByteString, fromByteString } from "../../../src/byte-string.ts";
import { error } from "../../../src/config/problem.ts";
import { quote } from "../../../src/config/quote.ts";
import type { CompletionContext } from "../../../src/config/table.ts";
import { BROADCAST_TEXTS } from "../sources/broadcast-texts.ts";
import type { BroadcastStyle } from "../sources/render-broadcast.ts";
import type { MessageSettings } from "./messages.ts";
import type { ZulipValues } from "./options.ts";

export interface BroadcastSettings {
  /** `https://HOST/SITE/thruk` */
  readonly url: string;
  readonly keyFile: string;
  readonly everyMs: number;
  readonly style: BroadcastStyle;
}

/** Undefined: broadcasts of Thruk are not told. */
export function completeBroadcasts(
  values: ZulipValues,
  { stream, stage }: Pick<MessageSettings["style"], "stream" | "stage">,
  { report }: Pick<CompletionContext, "report">,
): BroadcastSettings | undefined {
  const { broadcastUrl, broadcastKeyFile: keyFile, broadcastStream, broadcastTopic, language } = values;
  if (broadcastUrl === undefined) return undefined;
  const url = readUrl(broadcastUrl, report);
  if (keyFile === undefined)
    report(error("there is no broadcast_key_file", "broadcast_url needs a file with an API key of Thruk"));
  if (url === undefined || keyFile === undefined) return undefined;
  const style: BroadcastStyle = {
    stream: broadcastStream === undefined ? stream : fromByteString(broadcastStream),
    topic: fromByteString(broadcastTopic ?? "Broadcasts"),
    stage,
    texts: BROADCAST_TEXTS[language],
  };
  return { url, keyFile, everyMs: values.broadcastInterval * 1_000, style };
}

/** Without a password: that would be in messages about errors. */
function readUrl(bytes: ByteString, report: CompletionContext["report"]): string | undefined {
  const text = fromByteString(bytes);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isRight = url !== undefined && /^https?:$/.test(url.protocol) && url.username === "";
  if (isRight) return text;
  const shown = url?.username ? "an address with a user" : quote(bytes);
  report(
    error(
      `broadcast_url: ${shown} is no address of Thruk`,
      "broadcast_url=https://omd.example.org/prod/thruk",
    ),
  );
  return undefined;
}
