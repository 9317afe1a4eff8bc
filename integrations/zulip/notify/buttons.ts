import { mention, nameOf, renderAcknowledge, renderDowntime } from "../commands/command-text.ts";
import type { Notice } from "./notice.ts";
import { cutCharacters, plainText } from "./safe-text.ts";

export interface Buttons {
  readonly heading: (what: string) => string;
  /** Short names, which are durations of the command, and long ones. */
  readonly durations: readonly (readonly [short: string, long: string])[];
  readonly acknowledge: string;
}

const MAX_HEADING = 200;

/**
 * The `widget_content` with the buttons below a problem: a click lets the user's own client write the
 * command into the topic. Undefined: there is nothing to be acknowledged.
 */
export function renderButtons(
  notice: Pick<Notice, "host" | "alias" | "service" | "type">,
  { botName, buttons }: { readonly botName: string; readonly buttons: Buttons },
): string | undefined {
  if (notice.type !== "PROBLEM") return undefined;
  const { host, alias, service } = notice;
  const target = { host, service };
  const command = (text: string) => `${mention(botName)} ${text}`;
  const choice = (short: string, long: string, text: string) => ({
    type: "multiple_choice",
    short_name: short,
    long_name: long,
    reply: command(text),
  });
  const what = plainText(nameOf({ host: alias, service }));
  return JSON.stringify({
    widget_type: "zform",
    extra_data: {
      type: "choices",
      heading: buttons.heading(cutCharacters(what, MAX_HEADING)),
      choices: [
        ...buttons.durations.map(([short, long]) => choice(short, long, renderDowntime(target, short))),
        choice("Acknowledge", buttons.acknowledge, renderAcknowledge(target)),
      ],
    },
  });
}
