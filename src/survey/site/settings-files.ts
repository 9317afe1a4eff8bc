import type { ByteString } from "../../byte-string.ts";

/**
 * The values of `$USERn$` by n. Blanks around a line are stripped; all behind the first `=` is the value, so
 * `;`, `#` and `$` are parts of it.
 */
export function readResources(text: ByteString): ReadonlyMap<number, ByteString> {
  const users = new Map<number, ByteString>();
  for (const line of text.split("\n")) {
    const [, number, value] = /^\s*\$USER([0-9]+)\$\s*=(.*)$/s.exec(line.trimEnd()) ?? [];
    if (number !== undefined && value !== undefined) users.set(Number(number), value.trim());
  }
  return users;
}

/** The keys of naemon.cfg or nagios.cfg. A key that is given several times has its last value. */
export function readMainConfig(text: ByteString): ReadonlyMap<string, ByteString> {
  const values = new Map<string, ByteString>();
  for (const raw of text.split("\n")) {
    const line = raw.trim();
    const at = line.indexOf("=");
    if (at <= 0 || /^[#;]/.test(line)) continue;
    values.set(line.slice(0, at).trim(), line.slice(at + 1).trim());
  }
  return values;
}
