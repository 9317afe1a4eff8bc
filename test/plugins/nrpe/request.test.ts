import { describe, expect, it } from "vitest";
import { checkNrpe } from "../../../plugins/nrpe/check_nrpe.ts";
import { readNrpeRequest } from "../../../plugins/nrpe/request.ts";
import { splitWords } from "../../../sdk/testing.ts";
import { isUnderstood, listLeft } from "../effects.ts";

const read = (line: string) => readNrpeRequest(splitWords(line));

describe("the query", () => {
  it.each([
    ["-H h", "_NRPE_CHECK"],
    ["-H h -c check_load", "check_load"],
    ["-H h -c check_disk -a 20% 10% /", "check_disk!20%!10%!/"],
    ["-H h -c x -a 'a b' '' -H -t --", "x!a b!!-H!-t!--"],
    ["-H h -c x -aone two", "x!-aone!two"],
    ["-H h -c x --args=one two", "x!--args=one!two"],
    ["-H h -c x -na one", "x!one"],
    ["-H h -c -a", "-a"],
    ["-H h -c -a -a one", "-a!one"],
    ["word -H h other -c x -a one", "x!one"],
    ["-H h -c x -- -a one", "x"],
  ])("of %s is %s", (line, query) => {
    expect(read(line)?.query).toBe(query);
  });

  it("is cut where the plugin's buffer ends", () => {
    const long = "x".repeat(2_000);
    expect(read(`-H h -c ${long} -a ${long} more`)?.query).toBe(`${long}!${long.slice(0, 46)}`);
    expect(read(`-H h -c ${long}${long}`)?.query).toHaveLength(2_047);
  });
});

describe("the time-out", () => {
  it.each([
    ["", 10, 2],
    ["-u", 10, 3],
    ["-t 30", 30, 2],
    ["-t 30s", 30, 2],
    ["-t 30:3", 30, 3],
    ["-t 30:warning", 30, 1],
    ["-t 30::OK:3", 30, 0],
    ["-t :1", 10, 1],
    ["-t 5 -t :1", 5, 1],
    ["-u -t 30:1", 30, 1],
    ["-t 30:1 -u", 30, 3],
  ])("of %s is %d seconds with state %d", (words, timeout, failed) => {
    expect(read(`-H h ${words}`)).toMatchObject({ timeout, failed });
  });
});

describe("left to the plugin", () => {
  it.each(listLeft(checkNrpe).flatMap((text) => text.split(", ")))("is %s", (spelling) => {
    const word = spelling.replace(/=.*$/, spelling.startsWith("--") ? "=1" : "1");
    expect(isUnderstood(checkNrpe, `-H localhost ${word}`)).toBe(false);
  });

  it.each([
    "",
    "-c check_load",
    "-H ''",
    "-H b\xc3\xbccher.example",
    "-H [::1]",
    "-H fe80::1%lo",
    "-H ::FFFF:7f00:1",
    "-H h -p 0",
    "-H h -p 65536",
    "-H h -p http",
    "-H h -t x",
    "-H h -t ''",
    "-H h -t 0",
    "-H h -t 5:5",
    "-H h -t 5:bad",
    "-H h -t 1000000000",
    "-H h -d 3",
    "-H h -S SSLv3",
    "-H h -S TLSv1.4",
    "-H h -2 -3",
    "-H h -C cert.pem",
    "-H h -K key.pem",
    "-H h --nothing",
    "-H h --extra-opts",
    "-H h -a",
    `-H h -L ${"x".repeat(241)}`,
  ])("is %s", (line) => {
    expect(isUnderstood(checkNrpe, line)).toBe(false);
  });
});
