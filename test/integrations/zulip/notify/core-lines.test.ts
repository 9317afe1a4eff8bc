import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

/** Naemon's `init_macros`: only of these the core takes the characters of illegal_macro_output_chars. */
const STRIPPED =
  /^(?:(?:LONG)?(?:HOST|SERVICE)OUTPUT|(?:HOST|SERVICE)(?:PERFDATA|ACKAUTHOR|ACKCOMMENT|CHECKCOMMAND|NOTES|GROUPNOTES))$/;
/** What the samples of Naemon and Nagios have. */
const ILLEGAL = /[`~$&|'"<>]/g;
/** The core's own words, which have no blank. */
const WORDS = /^(?:(?:NOTIFICATION|HOST|SERVICE)(?:TYPE|STATE|STATETYPE|ATTEMPT)|HOSTADDRESS)$/;
/** Names of the site's configuration, and durations. */
const NAMES = /^(?:HOSTNAME|HOSTALIAS|SERVICEDESC|(?:HOST|SERVICE)(?:GROUPNAMES|DURATION)|CONTACTNAME)$/;
const ATTACK = `it's; echo x; $(echo x) "\`echo x\`" & echo x | <y >/dev/null`;

const read = (path: string) => readFileSync(join(import.meta.dirname, "../../../..", path), "utf8");
/** Lines of a core's configuration, and what the heads of the examples tell to write there. */
const LINES = [
  ...["docs/zulip.md", "docs/event-handlers.md"].flatMap((path) =>
    // A line that ends in … is shortened, and no line to copy.
    [...read(path).matchAll(/^ *command_line +(\S+ .*[^…])$/gm)].map(([, line = ""]) => line),
  ),
  ...["open-gitlab-issue.mjs", "restart-service", "scale-deployment.mjs"].map((name) =>
    read(`examples/event-handlers/${name}`)
      .split("\n")
      .filter((line) => /^(?:#|\/\/) +(?:\S+ )?--/.test(line))
      .map((line) => line.replace(/^\S+\s+|[[\]]/g, ""))
      .join(" "),
  ),
];

function valueGiven(macro: string): string {
  if (STRIPPED.test(macro)) return ATTACK.replace(ILLEGAL, "");
  if (WORDS.test(macro)) return "HARD";
  return NAMES.test(macro) ? "Größe 1" : ATTACK;
}

describe("a line that the documentation gives to a core", () => {
  it.each(LINES)("keeps each macro within its word: %s", (line) => {
    const macros = [...line.matchAll(/\$(\w+)\$/g)].map(([, name = ""]) => name);
    expect(macros.length).toBeGreaterThan(1);
    const given = line
      .replace(/^\S+/, "printf '%s\\0'")
      .replace(/\$(\w+)\$/g, (_, name: string) => valueGiven(name));
    const words = execFileSync("sh", ["-c", given], { encoding: "utf8" }).split("\0").slice(0, -1);
    for (const name of macros)
      expect(words.filter((word) => word.endsWith(`=${valueGiven(name)}`))).not.toEqual([]);
    // Nothing has become a word of its own.
    expect(words.filter((word) => !/^(?:notify|zulip|--[\w-]+=.*|[A-Z]+=.*)$/s.test(word))).toEqual([]);
  });
});
