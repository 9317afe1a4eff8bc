/** What a command line can ask for in place of a run. */
export type InfoRequest = "help" | "version";

const WORDS: ReadonlyMap<string, InfoRequest> = new Map([
  ["help", "help"],
  ["-help", "help"],
  ["--help", "help"],
  ["-h", "help"],
  ["version", "version"],
  ["-version", "version"],
  ["--version", "version"],
  ["-V", "version"],
  ["-v", "version"],
]);

export function findInfoRequest(argv: readonly string[]): InfoRequest | undefined {
  return optionWords(argv)
    .map((word) => WORDS.get(word))
    .find((request) => request !== undefined);
}

/** Whether one of the words before `--` asks for help, with dashes. */
export function asksForHelp(argv: readonly string[]): boolean {
  return optionWords(argv).some((word) => /^--?h(?:elp)?$/.test(word));
}

/** `--` ends the options, as in the Go worker. */
export function optionWords(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf("--");
  return end < 0 ? argv : argv.slice(0, end);
}
