/**
 * What a shell reads as more than a letter, and what people read in its place. Naemon and Nagios put author
 * and comment of an acknowledgement or downtime into command lines (`$NOTIFICATIONCOMMENT$`) and strip
 * nothing of them there, so such a text of a chat would run as a command on the core's machine.
 */
const STAND_INS: Readonly<Record<string, string>> = {
  "'": "’",
  '"': "”",
  "`": "‘",
  $: "＄",
  "\\": "＼",
  "&": "＆",
  "|": "｜",
  ";": ",",
  "<": "‹",
  ">": "›",
};

/** A text of people as one line that no shell reads as more than words, for a core that may use one. */
export function coreText(text: string): string {
  return text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, " ")
    .replace(/['"`$\\&|;<>]/g, (sign) => STAND_INS[sign] ?? "")
    .trim();
}
