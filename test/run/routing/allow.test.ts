import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Refusal } from "../../../src/outcome/refusal.ts";
import { createAllowance } from "../../../src/run/routing/allow.ts";
import { readCommandLine } from "../../../src/run/routing/command-line.ts";

function refuse(rules: readonly string[], line: string): Refusal | undefined {
  return createAllowance(rules.map((rule) => rule.split(" ")))(line, readCommandLine(line));
}

describe("a command with a rule", () => {
  it.each<[rule: string, line: string]>([
    ["/p/a", "/p/a"],
    ["/p/a", "  /p/a "],
    ["/p/a", "'/p/a'"],
    ["/p/a -H <host> -p <number>", "/p/a -H web1.example.com -p 80"],
    ["/p/a -H <host> -p <number>", "/p/a -H 'web1' -p \"80\""],
    ["/p/a -H <host>", "/p/a -H 192.0.2.1"],
    ["/p/a -H <host>", "/p/a -H 2001:db8::1"],
    ["/p/a -H <host>", "/p/a -H '[2001:db8::1]:80'"],
    ["/p/a -H <host>", "/p/a -H a-b_c.example"],
    ["/p/a -w <number>", "/p/a -w -5"],
    ["/p/a -w <number>", "/p/a -w 0.5"],
    ["/p/a -w <range> -c <range>", "/p/a -w 3000.0,80% -c '@~:-5'"],
    ["/p/a -w <range>", "/p/a -w -5:10"],
    ["/p/a -w <range>", "/p/a -w 10:"],
    ["/p/a -q *", "/p/a -q 'select count(*) from t; -- \"x\" | $HOME'"],
    ["/p/a -q *", "/p/a -q ''"],
    ["/p/a -q *", "/p/a -q -5"],
    ["/p/a --url=/status?<word>", "/p/a '--url=/status?json'"],
    ["/p/a --url=*", "/p/a --url=--x"],
    ["/p/a -p $SECRET:db$", "/p/a -p '$SECRET:db$'"],
    ["/p/a <word> ...", "/p/a one"],
    ["/p/a <word> ...", "/p/a one -x --any -- thing"],
    ["check_own -w <number>", "check_own -w 5"],
    ["/p/a\xff \xe4", "/p/a\xff \xe4"],
  ])("%j allows %j", (rule, line) => {
    expect(refuse(["/p/b", rule], line)).toBeUndefined();
  });

  it("may have several", () => {
    const rules = ["/p/a -4", "/p/a -6"];
    expect(refuse(rules, "/p/a -6")).toBeUndefined();
    expect(refuse(rules, "/p/a -5")).toMatchObject({ rule: "not-allowed" });
  });
});

const RULES = [
  "/p/check_tcp -H <host> -p <number>",
  "/p/check_http -H <host> -u *",
  "/p/check_ssh --remote-version=* <host>",
  "/p/check_load -w <range>",
  "/p/check_disk -p <word>",
  "/p/check_pair *=*",
  "/p/negate /p/check_tcp -H <host> -p <number>",
];
const TCP = "/p/check_tcp -H h -p 1";

describe("an attempt to escape", () => {
  const UNPLAIN = [
    ...[";", "&", "&&", "|", "||", "\n", "|&", ";;"].map((between) => `${TCP}${between}id`),
    ...[";", "&&", "|"].map((between) => `${TCP} ${between} id`),
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a shell would expand it.
    ...["`id`", "$(id)", "${PATH}", "$HOME", "$((1))", "$'a'", "~", "~root", "*", "h?", "[a]", "{a,b}"].map(
      (word) => `/p/check_tcp -H ${word} -p 1`,
    ),
    ...[">f", ">>f", "<f", "2>&1", "<<E", "<(id)", ">(id)", "&>f", "<>f", "3<f"].map(
      (word) => `${TCP} ${word}`,
    ),
    ..."! { ( if for while case function time [ [[".split(" ").map((word) => `${word} ${TCP}`),
    ...["A=1", "LD_PRELOAD=/tmp/x", "PATH=/tmp", "IFS=x", "BASH_ENV=/tmp/x", "ENV=/x", "PERL5OPT=-Mx"].map(
      (word) => `${word} ${TCP}`,
    ),
    ...["exec", "eval", "command", "builtin", ".", "source", "sudo", "nohup", "env"].map(
      (word) => `${word} ${TCP}`,
    ),
    ...["check_tcp", "tcp", "../p/check_tcp", "./check_tcp", "p/check_tcp"].map(
      (path) => `${path} -H h -p 1`,
    ),
    `${TCP}\0`,
    `${TCP}\\`,
    `${TCP}'`,
    `${TCP}"`,
    "",
    " ",
    "\t",
    "#",
    "''",
    '"',
    "/p/check_tcp -H h -p 1\r\nid",
    "alias x=/p/check_tcp",
  ] as const;

  it.each(UNPLAIN)("%j is refused, as it is no plain command, or none with a rule", (line) => {
    expect(refuse(RULES, line)?.rule).toMatch(/^not-(?:plain|allowed)$/);
  });

  it.each([
    "/bin/sh -c id",
    "/p/check_other",
    "/p/check_tcpx -H h -p 1",
    "/p//check_tcp -H h -p 1",
    "//p/check_tcp -H h -p 1",
    "/p/./check_tcp -H h -p 1",
    "/p/x/../check_tcp -H h -p 1",
    "/p/check_tcp/ -H h -p 1",
    "/p/check_tcp/../../bin/sh -H h -p 1",
    "/P/check_tcp -H h -p 1",
    "/p/check_tcp",
    "/p/check_tcp -H h",
    "/p/check_tcp -H h -p",
    "/p/check_tcp -H h -p 1 -v",
    "/p/check_tcp -H h -p 1 --extra-opts=@/tmp/x",
    "/p/check_tcp -H h -p 1 ''",
    "/p/check_tcp '' -H h -p 1",
    "/p/check_tcp -p 1 -H h",
    "/p/check_tcp -Hh -p1",
    "/p/check_tcp '-H h' -p 1",
    "/p/check_tcp '-H h -p 1'",
    "'/p/check_tcp -H h -p 1'",
    "/p/check_tcp -H --extra-opts=@/tmp/x -p 1",
    "/p/check_tcp -H -h -p 1",
    "/p/check_tcp -H -- -p 1",
    "/p/check_tcp -H - -p 1",
    "/p/check_tcp -H '' -p 1",
    "/p/check_tcp -H 'h -p 2' -p 1",
    "/p/check_tcp -H 'h;id' -p 1",
    "/p/check_tcp -H '$(id)' -p 1",
    "/p/check_tcp -H 'a\nb' -p 1",
    "/p/check_tcp -H 'h\n' -p 1",
    "/p/check_tcp -H h/../x -p 1",
    "/p/check_tcp -H user@h -p 1",
    "/p/check_tcp -H h\xff -p 1",
    "/p/check_tcp -H h -p 1x",
    "/p/check_tcp -H h -p x",
    "/p/check_tcp -H h -p ''",
    "/p/check_tcp -H h -p '1 2'",
    "/p/check_tcp -H h -p --1",
    "/p/check_tcp -H h -p 1e9",
    "/p/check_tcp -H h -p 0x50",
    "/p/check_tcp -H h -p '1\n'",
    "/p/check_tcp -H h -p \u0661",
    "/p/check_http -H h -u -J/tmp/key",
    "/p/check_http -H h -u --extra-opts=@/x",
    "/p/check_http -H h -u -",
    "/p/check_http -H h -u --",
    "/p/check_http -H h -u -5x",
    "/p/check_ssh --remote-versions=1 h",
    "/p/check_ssh --remote-version 1 h",
    "/p/check_ssh --remote-version=1 -o",
    "/p/check_load -w 1,2,3x",
    "/p/check_load -w -r",
    "/p/check_load -w --1",
    "/p/check_load -w '1 2'",
    "/p/check_load -w 1$",
    "/p/check_disk -p /",
    "/p/check_disk -p -e",
    "/p/check_disk -p ..",
    "/p/check_disk -p a/b",
    "/p/check_disk -p @x",
    "/p/negate /bin/sh -c id",
    "/p/negate -t 5 /p/check_tcp -H h -p 1",
    "/p/negate '/p/check_tcp -H h -p 1'",
    "/p/negate /p/check_tcp -H h -p 1 -v",
    `/p/check_http -H h -u ${"x".repeat(5000)}`,
    `/p/check_pair ${"x".repeat(2000)}=y`,
  ])("%j is refused, as no rule has these words", (line) => {
    expect(refuse(RULES, line)?.rule).toMatch(/^not-(?:plain|allowed)$/);
  });

  it("is met by every command where there is a rule, and by none of the commands of the rules", () => {
    expect(refuse(RULES, TCP)).toBeUndefined();
    expect(refuse(RULES, "/p/check_http -H h -u /a?b=c")).toBeUndefined();
    expect(refuse(RULES, "/p/check_ssh --remote-version=OpenSSH_9.2 h")).toBeUndefined();
    expect(refuse(RULES, `/p/negate ${TCP}`)).toBeUndefined();
    expect(refuse(RULES, `/p/check_pair ${"x".repeat(1000)}=y`)).toBeUndefined();
  });
});

describe("a refusal", () => {
  it("names the nearest rule, and the first word that differs", () => {
    const rules = ["/p/a -H <host>", "/p/a -H <host> -p <number>", "/p/a -x ..."];
    const nearestOf = (line: string) => {
      const refusal = refuse(rules, line);
      return refusal?.rule === "not-allowed" ? refusal.nearest : refusal;
    };
    expect(nearestOf("/p/a -H h -p x")).toEqual({ pattern: rules[1], word: 5 });
    expect(nearestOf("/p/a -H h -p")).toEqual({ pattern: rules[1], word: 5 });
    expect(nearestOf("/p/a -H h -p 1 2")).toEqual({ pattern: rules[1], word: 6 });
    expect(nearestOf("/p/a -v")).toEqual({ pattern: rules[0], word: 2 });
    expect(nearestOf("/p/b")).toBeUndefined();
  });
});

describe("a link in the folder of plugins", () => {
  const folder = mkdtempSync(join(tmpdir(), "allow-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it("that leads to a program which runs others is refused", () => {
    const link = join(folder, "check_x");
    symlinkSync("/usr/bin/env", link);
    expect(refuse([`${link} ...`], `${link} sh`)).toMatchObject({
      rule: "hidden-command",
      wrapper: "check_x",
    });
  });
});
