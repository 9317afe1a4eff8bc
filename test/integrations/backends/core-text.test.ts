import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { coreText } from "../../../integrations/backends/core-text.ts";

describe("a text of people for a core", () => {
  it.each([
    ["Mücke", "Mücke"],
    ["  two\nlines\u2028more\t ", "two lines more"],
    ["O'Brien", "O’Brien"],
    [`"a" & 'b' | c`, "”a” ＆ ’b’ ｜ c"],
    ["5 < 6 > 4; $HOME `id` \\n", "5 ‹ 6 › 4, ＄HOME ‘id‘ ＼n"],
    ["see https://chat.example.org/#narrow/stream/7/near/12 [zulip:12]", undefined],
  ])("%j", (text, expected = text) => {
    expect(coreText(text)).toBe(expected);
  });

  // As sites write $NOTIFICATIONCOMMENT$ into their command lines.
  const AROUND = [
    ["'", "'"],
    ['"', '"'],
  ] as const;
  const ATTACKS = [
    "x'; echo PWNED; echo '",
    'x"; echo PWNED; echo "',
    "x; echo PWNED",
    "x && echo PWNED",
    "x | echo PWNED",
    "$(echo PWNED)",
    "`echo PWNED`",
    "x\necho PWNED",
    "x & echo PWNED",
    "x\\'; echo PWNED; echo \\'",
    "x > /dev/null; echo PWNED",
    "can't reproduce",
  ];
  it.each(AROUND.flatMap(([before, after]) => ATTACKS.map((attack) => ({ before, after, attack }))))(
    "stays words in $before…$after: $attack",
    ({ before, after, attack }) => {
      const line = `printf '%s\\n' ${before}${coreText(attack)}${after}`;
      const printed = execFileSync("sh", ["-c", line], { encoding: "utf8" });
      expect(printed).toBe(`${coreText(attack)}\n`);
    },
  );

  it.each(ATTACKS)("starts nothing where it stands unquoted: %s", (attack) => {
    // A parenthesis is an error there, as a blank is: such a line is broken for any comment.
    const line = `printf '%s\\n' ${coreText(attack).replace(/[()]/g, "")}`;
    const printed = execFileSync("sh", ["-c", line], { encoding: "utf8" });
    expect(printed.split("\n").slice(0, -1)).toEqual(coreText(attack).replace(/[()]/g, "").split(" "));
  });
});
