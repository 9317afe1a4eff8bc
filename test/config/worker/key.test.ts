import { describe, expect, it } from "vitest";
import { diffConfig } from "../../../src/config/diff.ts";
import type { Secret } from "../../../src/config/secret.ts";
import { load, problemsOf, warningsOf } from "../../support/config/load-memory.ts";

const LONG = "0123456789abcdefghijklmnopqrstuvwxyz";

describe("keyfile", () => {
  it.each([
    ["one line", "should_be_changed\n", "should_be_changed"],
    ["no line end", "should_be_changed", "should_be_changed"],
    ["DOS line ends", "should_be_changed\r\n", "should_be_changed"],
    ["blanks around", "  key with blanks \t \n", "  key with blanks"],
    ["several lines", "first line\nsecond line\n", "first line"],
    ["a #", "before#after\n", "before#after"],
    ["more than 32 bytes", LONG, LONG.slice(0, 32)],
    ["a NUL byte", "before\0after", "before"],
    ["a non-breaking space at its end", Buffer.from("key\xa0\n", "latin1"), "key\xa0"],
  ])("with %s", (_, content, expected) => {
    const { config } = loadKey(["keyfile=/secret.key"], content);
    expect(config.key?.reveal().toString("latin1")).toBe(expected);
  });

  it("wins over key, wherever it stands", () => {
    const loaded = loadKey(["passwordfile=/secret.key", "key=another_key"], "the_right_key");
    expect(loaded.config.key?.reveal().toString()).toBe("the_right_key");
    expect(warningsOf(loaded)).toEqual([
      "command line: warning: both key and keyfile are given, keyfile is used (remove one of them)",
    ]);
    expect(loaded.origins.get("key")).toEqual([{ file: "command line" }]);
  });

  it.each(["", "\n", " \t\nkey\n", "\0key"])(
    "with nothing in its first line (%j) stops the start",
    (content) => {
      expect(problemsOf(() => loadKey(["keyfile=/secret.key"], content))).toEqual([
        "command line: keyfile /secret.key has no key in its first line",
      ]);
    },
  );

  it("is not even opened without encryption", () => {
    expect(load(["server=localhost", "encryption=no", "keyfile=/gone"]).config.key).toBeUndefined();
  });
});

describe("key", () => {
  it.each([
    ["key=abcdefgh", "abcdefgh", []],
    ["password=a b=c#d e", "a b=c#d e", []],
    ["key=short", "short", ["command line: warning: key should be at least 8 bytes long"]],
    [
      `key=${LONG}`,
      LONG.slice(0, 32),
      ["command line: warning: key is longer than 32 bytes, the rest is not used"],
    ],
    ["key=schlüssel", "schl\xc3\xbcssel", []],
  ])("%s", (argument, bytes, warnings) => {
    const loaded = load(["server=localhost", argument]);
    expect(loaded.config.key?.reveal().toString("latin1")).toBe(bytes);
    expect(warningsOf(loaded)).toEqual(warnings);
  });

  it.each([[[]], [["key="]], [["--key"]]])("is needed for encryption, %j is none", (argv) => {
    expect(problemsOf(() => load(["server=localhost", ...argv]))).toContain(
      "no encryption key provided, please use --key=... or keyfile=... or disable encryption",
    );
  });
});

describe("more keys", () => {
  const FILES = { "/secret.key": "the first key", "/b": "the second key\nnot this", "/c": "\n" };
  const loadKeys = (...argv: readonly string[]) =>
    load(["server=localhost", "keyfile=/secret.key", ...argv], { files: FILES });
  const textOf = (keys: readonly Secret[]) => keys.map((key) => key.reveal().toString("latin1"));

  it("are of files, one a line, and of options", () => {
    const loaded = loadKeys("accepted_keyfile=/b", "accepted_key=a third, key", "dupserver_keyfile=/b");
    const { key, acceptedKey, dupserverKey } = loaded.config;
    expect(textOf([key, ...acceptedKey, dupserverKey].filter((each) => each !== undefined))).toEqual([
      ...["the first key", "a third, key", "the second key", "the second key"],
    ]);
    expect(loaded.origins.get("accepted_key")).toEqual([{ file: "command line" }]);
  });

  it.each([
    ["accepted_keyfile=/gone", "could not open accepted_keyfile: /gone: no such file or directory"],
    ["accepted_keyfile=/c", "accepted_keyfile /c has no key in its first line"],
    ["dupserver_keyfile=/gone", "could not open dupserver_keyfile: /gone: no such file or directory"],
  ])("stop the start when they cannot be read: %s", (option, problem) => {
    expect(problemsOf(() => loadKeys(option))).toEqual([`command line: ${problem}`]);
  });

  it("are not shown, and counted as changed when another one is in the same file", () => {
    const before = loadKeys("accepted_keyfile=/b", "accepted_key=one of them").config;
    expect(JSON.stringify([before.acceptedKey, before])).not.toMatch(/second key|one of them/);
    expect(
      diffConfig(before, loadKeys("accepted_keyfile=/b", "accepted_key=one of them").config).live,
    ).toEqual([]);
    expect(
      diffConfig(before, loadKeys("accepted_keyfile=/b", "accepted_key=another one").config).live,
    ).toEqual(["accepted_key"]);
  });

  it("are not even opened without encryption", () => {
    const argv = ["server=localhost", "encryption=no", "accepted_keyfile=/gone", "dupserver_keyfile=/gone"];
    expect(load(argv).config.acceptedKey).toEqual([]);
  });
});

function loadKey(argv: readonly string[], content: string | Buffer) {
  return load(["server=localhost", ...argv], { files: { "/secret.key": content } });
}
