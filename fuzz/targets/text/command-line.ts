import { isDeepStrictEqual } from "node:util";
import { BUILTIN_CHECKS } from "../../../plugins/index.ts";
import { quoteWord } from "../../../src/executor/shells/quote-word.ts";
import { namesIn } from "../../../src/run/references/reference.ts";
import { createAllowance } from "../../../src/run/routing/allow.ts";
import { readCommandLine } from "../../../src/run/routing/command-line.ts";
import { readWrapped } from "../../../src/run/routing/wrappers.ts";
import { hideSecrets, maskLine, maskWords } from "../../../src/run/secrets.ts";
import { insist, type PureTarget, text } from "../../engine/target.ts";
import { readRecords } from "../samples.ts";

const SHELL = [
  " ",
  "'",
  '"',
  "\\",
  "$",
  "`",
  ";",
  "|",
  "&",
  ">",
  "<",
  "(",
  ")",
  "{",
  "}",
  "*",
  "?",
  "[",
  "]",
  "~",
  "#",
  "!",
  "\n",
  "\t",
  "=",
];
const WORDS = [
  "$SECRET:name$",
  "sudo ",
  "sh -c ",
  "env A=1 ",
  "/usr/bin/timeout 5 ",
  "-p ",
  "--password=",
  "user:pw@",
  "://",
  "token=",
  "Bearer ",
];

function readCommandLines(): readonly string[] {
  const lines = readRecords<{ command_line: string }>("naemon/expanded.jsonl", 40);
  return [
    ...lines.map(({ command_line }) => command_line),
    "/usr/lib/nagios/plugins/check_http -H a -u 'x y' -a user:pass --header=\"A: b\"",
    "PGPASSWORD=x /p/check_pgsql -H db1; echo $?",
    "sudo -u root /p/check_x -p secret | tail -1",
    "/p/check_by_ssh -H a -C 'sh -c \"ls | wc\"'",
    "curl -u user:password https://user:password@example.org/hooks/0123456789abcdefghij0123",
  ];
}

const allowance = createAllowance([
  ["/p/check_tcp", "-H", "<host>", "-p", "<number>"],
  ["/p/check_x", "*", "..."],
]);

const LINE: PureTarget = text("command-line", {
  samples: readCommandLines,
  tokens: [...SHELL, ...WORDS],
  read: (line) => {
    const command = readCommandLine(line);
    allowance(line, command);
    readCommandLine(line, true);
    namesIn(line);
    if (command.kind !== "words") return command;
    const { words, assignments } = command;
    const length = [...words, ...assignments.flat()].reduce((sum, word) => sum + word.length, 0);
    insist(length <= line.length, "the words are longer than the line");
    insist(
      words.every((word) => !/[\0\n]/.test(word)),
      "a word has a NUL or a line feed",
    );
    const quoted = words.map(quoteWord).join(" ");
    const again = readCommandLine(quoted);
    insist(
      again.kind === "words" && isDeepStrictEqual(again.words, words),
      "quoted words are read in another way",
    );
    const name = (words[0] ?? "").replace(/^.*\//s, "");
    return [command.kind, readWrapped(name, words)?.kind, words.length];
  },
});

const find = (name: string) => BUILTIN_CHECKS.find((check) => check.name === name);

/** What the log shows of a command line. */
const MASK: PureTarget = text("masked-line", {
  // Linux starts no program with a longer word, and cores make no line of a tenth of it.
  most: 1 << 17,
  shortRuns: 4_000,
  samples: readCommandLines,
  tokens: [...SHELL, ...WORDS],
  read: (line) => {
    const { line: shown, secrets } = maskLine(line, find);
    maskWords(line.split(" "), find);
    const hidden = hideSecrets(shown, secrets);
    insist(
      secrets.every(
        (secret) =>
          secret.length < 4 || secret.includes("***") || "***".includes(secret) || !hidden.includes(secret),
      ),
      "a secret is shown",
    );
    return [secrets.length, shown.length > line.length];
  },
});

/** The words of a check, of which the first one is its name. */
const UNDERSTAND: PureTarget = text("check-words", {
  samples: () =>
    BUILTIN_CHECKS.flatMap(({ name, rows = [] }) => [
      [name, "-H", "127.0.0.1", "-w", "1:2", "-c", "@3:4", "-t", "5"].join("\n"),
      [
        name,
        ...rows.flatMap(({ longs, shorts }) => [
          ...longs.map((each) => `--${each}=1`),
          ...shorts.map((each) => `-${each}1`),
        ]),
      ]
        .slice(0, 8)
        .join("\n"),
    ]),
  tokens: [
    "\n",
    "-",
    "--",
    "=",
    ":",
    "@",
    "~",
    ",",
    "%",
    "1.5",
    "10:20",
    "host",
    "/",
    "?",
    "[",
    "(",
    "\\",
    "|",
    "GB",
    "-H",
    "\n-w\n",
  ],
  most: 65_536,
  read: (given) => {
    const [name, ...argv] = given.split("\n");
    return find(name ?? "")?.understand(argv) !== undefined;
  },
});

/** What the core asks to run. */
export const COMMAND_LINES: readonly PureTarget[] = [LINE, MASK, UNDERSTAND];
