import type { ByteString } from "../../byte-string.ts";

/** How a reference to a secret begins. It is written `$SECRET:name$`, and stands for the text of a file. */
export const BEGINNING = "$SECRET:";

/** The names of secrets: those of a Kubernetes secret, less the ones that begin with a dot. No path. */
const NAME = "[A-Za-z0-9_-][A-Za-z0-9_.-]{0,252}";
const REFERENCE = new RegExp(`\\$SECRET:(${NAME})\\$`, "g");
/** The same, at one place of a text. */
export const REFERENCE_HERE = new RegExp(REFERENCE.source, "y");
const SHOWN_NAME = /^[^\s'"`$\\;|&<>()]{0,60}/;

export function hasReference(text: ByteString): boolean {
  return text.includes(BEGINNING);
}

export function withoutReferences(text: ByteString): ByteString {
  return text.replaceAll(REFERENCE, "");
}

/** The names in a text, each once. */
export function namesIn(text: ByteString): readonly string[] {
  return [...new Set([...text.matchAll(REFERENCE)].map(([, name = ""]) => name))];
}

/** Puts the secrets in place of the references. What a secret holds is not looked at again. */
export function fillIn(text: ByteString, secrets: ReadonlyMap<string, ByteString>): ByteString {
  return text.replace(REFERENCE, (reference, name: string) => secrets.get(name) ?? reference);
}

/** What follows on `$SECRET:` and is no name. */
export function findBadName(line: ByteString): string | undefined {
  const rest = withoutReferences(line);
  const at = rest.indexOf(BEGINNING);
  if (at < 0) return undefined;
  return SHOWN_NAME.exec(rest.slice(at + BEGINNING.length))?.[0] ?? "";
}
