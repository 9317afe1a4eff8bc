import type { ByteString } from "../../byte-string.ts";
import type { Host, Service, Site } from "../site/site.ts";
import { processMacros } from "./process-macros.ts";
import type { Scope } from "./scope.ts";

/** The command line of a check as the core puts it into a queue. */
export interface ExpandedCheck {
  readonly commandLine: ByteString;
  /** It holds states, times or outputs of the moment, which are guessed. */
  readonly isVolatile: boolean;
}

/** A check of the site: of a host, or of a service. */
export interface CheckOfSite {
  readonly host: Host;
  readonly service: Service | undefined;
}

/**
 * Undefined: the object has no command. First the arguments are read and their macros replaced one after the
 * other, then the macros of the command line. `hides` leaves macros as they are, to show the line to people.
 */
export function expandCheck(
  { host, service }: CheckOfSite,
  site: Site,
  hides?: Scope["hides"],
): ExpandedCheck | undefined {
  const command = (service ?? host).values.get("check_command");
  const [name = "", ...given] = splitArguments(command ?? "");
  const line = site.commands.get(name);
  if (line === undefined) return undefined;
  let isVolatile = false;
  const onVolatile = () => {
    isVolatile = true;
  };
  const args: ByteString[] = [];
  const scope: Scope = { site, host, service, args, onVolatile, ...(hides && { hides }) };
  for (const argument of given) args.push(processMacros(argument, scope, "strip"));
  return { commandLine: processMacros(line, scope, "strip"), isVolatile };
}

/** `command!first!second`. `\!` is a `!`; every other backslash stays. */
function splitArguments(text: ByteString): readonly ByteString[] {
  return text.split(/(?<!\\)!/).map((part) => part.replaceAll("\\!", "!"));
}
