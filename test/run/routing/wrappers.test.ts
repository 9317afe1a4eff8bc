import { describe, expect, it } from "vitest";
import { isWrapper, readWrapped, type WrappedCommand } from "../../../src/run/routing/wrappers.ts";

function read(line: string): WrappedCommand | undefined {
  const words = line.split(" ");
  return readWrapped(words[0] ?? "", words);
}

/** The command of each of these lines is `/p/x` with the word `-a`. */
it.each([
  "negate -s -t 0 -T ok /p/x -a",
  "negate -st5 -- /p/x -a",
  "negate -t -5 /p/x -a",
  "urlize http://x/ /p/x -a",
  "timeout 10 /p/x -a",
  "timeout -k 5 --signal=TERM --foreground 10 /p/x -a",
  "sudo /p/x -a",
  "sudo -n -u nagios /p/x -a",
  "sudo -nHunagios --user=nagios /p/x -a",
  "doas -n /p/x -a",
  "env -i -u LANG /p/x -a",
  "nice -n 5 /p/x -a",
  "ionice -c2 -n 7 /p/x -a",
  "nohup /p/x -a",
  "setsid --wait /p/x -a",
  "stdbuf -o0 -e 0 /p/x -a",
  "sh /p/x -a",
  "perl /p/x -a",
  "python3.11 /p/x -a",
])("%s: the command is known", (line) => {
  expect(read(line)).toEqual({ kind: "words", words: ["/p/x", "-a"] });
});

it("a shell's line is read as a line", () => {
  expect(readWrapped("sh", ["/bin/sh", "-c", "/p/x -a"])).toEqual({ kind: "line", line: "/p/x -a" });
});

/** Real programs take these, some for other commands than they seem to name. */
it.each([
  "negate",
  "negate -t",
  "negate -x /p/x",
  "negate --timeout 5 /p/x",
  "negate --sub /p/x",
  "urlize http://x/",
  "urlize -u http://x/ /p/x",
  "timeout /p/x",
  "timeout -k 5",
  "sudo -i /p/x",
  "sudo -e /p/x",
  "env -S /p/x",
  "env --split-string=/p/x",
  "env -C / /p/x",
  "nice -5 /p/x",
  "sh -xc /p/x",
  "sh -",
  "sh +x /p/x",
  "bash --rcfile /p/x /p/y",
  "perl -e x /p/x",
  "python3 -m x /p/x",
  "busybox sh /p/x",
  "xargs /p/x",
  "ld-linux-x86-64.so.2 /p/x",
  "chroot / /p/x",
])("%s: the command is hidden", (line) => {
  expect(read(line)).toEqual({ kind: "hidden" });
});

it("a word that the wrapper would split again hides the command", () => {
  expect(readWrapped("urlize", ["/p/urlize", "http://x/", "/bin/sh -c /p/x"])).toEqual({ kind: "hidden" });
});

describe("a plugin is no wrapper", () => {
  it.each(["check_x", "check_sh", "check_perl", "pythonista", "negated", "constructor"])("%s", (name) => {
    expect(isWrapper(name)).toBe(false);
    expect(readWrapped(name, [name, "-c", "/bin/sh"])).toBeUndefined();
  });
});
