/**
 * Names of hosts and services between the `###` of a command: `#`, `%`, backticks and control characters are
 * written as %XX of their UTF-8. Any other name stands there as it is, as people know it.
 */
export function encodeName(name: string): string {
  return name.replace(/[#%`\p{Cc}\u2028\u2029]/gu, (character) =>
    [...Buffer.from(character, "utf8")].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""),
  );
}

/** A `%` that begins no code stands for itself: people write commands, too. */
export function decodeName(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (codes) => {
    const bytes = Buffer.from(codes.replaceAll("%", ""), "hex");
    const name = bytes.toString("utf8");
    return name.includes("\uFFFD") ? codes : name;
  });
}
