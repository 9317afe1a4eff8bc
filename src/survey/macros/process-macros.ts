import type { ByteString } from "../../byte-string.ts";
import { readCustomMacro } from "./custom-macros.ts";
import { readObjectMacro } from "./object-macros.ts";
import type { Cleaning, Scope } from "./scope.ts";
import { readSiteMacro } from "./site-macros.ts";

/**
 * Replaces macros as the core does, from left to right and once: what is inserted is not looked at again. A
 * `$` turns text into a macro's name and back, so one that stands alone keeps all macros behind it from being
 * replaced. A name that is none of a macro, or of none that has a meaning here, stays as it is.
 */
export function processMacros(text: ByteString, scope: Scope, cleaning: Cleaning): ByteString {
  const parts = text.split("$");
  return parts
    .map((part, at) => {
      if (at % 2 === 0) return part;
      if (part === "") return "$";
      const value = readMacro(part, scope);
      if (value !== undefined) return clean(value, part, { scope, cleaning });
      return at === parts.length - 1 ? `$${part}` : `$${part}$`;
    })
    .join("");
}

/** The core reads numbers of these as C's `atoi` does. */
const MAX_ARGUMENTS = 32;
const MAX_USERS = 256;

/** Undefined: the macro is not known, or has no meaning for this check. */
function readMacro(text: string, scope: Scope): ByteString | undefined {
  if (scope.hides?.(text)) return `$${text}$`;
  if (text.startsWith("ARG")) return readNumbered(text.slice(3), MAX_ARGUMENTS, (n) => scope.args[n - 1]);
  if (text.startsWith("USER")) return readNumbered(text.slice(4), MAX_USERS, (n) => scope.site.users.get(n));
  const [name = "", first, ...rest] = text.split(":");
  const asked = { name, first, second: rest.length === 0 ? undefined : rest.join(":") };
  if (name.startsWith("_")) return readCustomMacro(asked, scope);
  return readSiteMacro(asked, scope) ?? readObjectMacro(asked, scope, processMacros);
}

function readNumbered(
  digits: string,
  most: number,
  find: (number: number) => ByteString | undefined,
): ByteString | undefined {
  const number = Number.parseInt(/^\s*[+-]?[0-9]+/.exec(digits)?.[0] ?? "0", 10);
  return number < 1 || number > most ? undefined : (find(number) ?? "");
}

/** Texts that people and plugins write. Names, addresses and custom variables are never stripped. */
const STRIPPED =
  /^(?:LONG)?(?:HOST|SERVICE)(?:OUTPUT|PERFDATA|ACKAUTHOR|ACKCOMMENT|CHECKCOMMAND|NOTES)$|^(?:HOST|SERVICE)GROUPNOTES$/;
const UNRESERVED = /[^A-Za-z0-9._~-]/g;
/** What the core's own sample has. */
const ILLEGAL = "`~$&|'\"<>";

interface CleaningOf {
  readonly scope: Scope;
  readonly cleaning: Cleaning;
}

function clean(value: ByteString, text: string, { scope, cleaning }: CleaningOf): ByteString {
  switch (cleaning) {
    case "none":
      return value;
    case "encode":
      return value.replace(
        UNRESERVED,
        (one) => `%${one.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
      );
    case "strip": {
      if (!STRIPPED.test(text.split(":", 1)[0] ?? "")) return value;
      const illegal = scope.site.main.get("illegal_macro_output_chars") ?? ILLEGAL;
      return [...value].filter((one) => one >= " " && one !== "\x7f" && !illegal.includes(one)).join("");
    }
  }
}
