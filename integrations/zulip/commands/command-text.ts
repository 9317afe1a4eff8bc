import { encodeName } from "./name-code.ts";

/** What a command is about. Without a service it is the host. */
export interface CommandTarget {
  readonly host: string;
  readonly service: string | undefined;
}

/** `http - web1`, or the host alone: as people read it in messages, buttons, answers and issues. */
export function nameOf({
  host,
  service,
}: {
  readonly host: string;
  readonly service?: string | undefined;
}): string {
  return service === undefined ? host : `${service} - ${host}`;
}

/** `downtime###web1###http###1h###` */
export function renderDowntime(target: CommandTarget, duration: string): string {
  return renderCommand("downtime", [...names(target), duration]);
}

/** `acknowledge###web1###http###` */
export function renderAcknowledge(target: CommandTarget): string {
  return renderCommand("acknowledge", names(target));
}

/** The syntax with which a message reaches the bot of this name. */
export function mention(botName: string): string {
  return `@**${botName}**`;
}

function names({ host, service }: CommandTarget): readonly string[] {
  return [host, ...(service === undefined ? [] : [service])].map(encodeName);
}

function renderCommand(verb: string, words: readonly string[]): string {
  return [verb, ...words, ""].join("###");
}
