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

  it("of a server alone are of a file or an option, and a file wins", () => {
    const { config } = loadKeys(
      ...["server=dev, [::1]:4731", "server_keyfile=dev=/b", "server_key=dev:4730=not this one"],
      "server_key=[::1]:4731=a=b, a key",
    );
    const shown = config.serverKey.map(({ server, key }) => [server, key.reveal().toString("latin1")]);
    expect(Object.fromEntries(shown)).toEqual({ "dev:4730": "the second key", "[::1]:4731": "a=b, a key" });
    expect(JSON.stringify(config)).not.toMatch(/second key|a key|not this/);
  });

  it.each([
    ["server_keyfile=dev:4730=/b", "server_keyfile: there is no server dev:4730"],
    ["server_key=localhost:4731=long enough", "server_key: there is no server localhost:4731"],
    ["server_keyfile=/b", "server_keyfile: '/b' is no file of a server"],
    ["server_keyfile=localhost=", "server_keyfile: 'localhost=' is no file of a server"],
    ["server_key=only a secret", "server_key: no server is named"],
    ["server_keyfile=localhost=/gone", "could not open server_keyfile: /gone: no such file or directory"],
    ["server_keyfile=localhost=/c", "server_keyfile /c has no key in its first line"],
  ])("of a server are refused: %s", (option, problem) => {
    const problems = problemsOf(() => loadKeys(option));
    expect(problems).toHaveLength(1);
    expect(problems?.join()).toContain(problem);
    expect(problems?.join()).not.toContain("only a secret");
  });

  it("of a server may be named once", () => {
    const loaded = loadKeys("server_keyfile=localhost=/c", "server_keyfile=localhost:4730=/b");
    expect(loaded.config.serverKey.map(({ server }) => server)).toEqual(["localhost:4730"]);
    expect(warningsOf(loaded)).toEqual([
      "command line: warning: server_keyfile: localhost:4730 is named twice, the last one counts",
    ]);
  });

  it("of a server count as changed when another one is in the same file", () => {
    const argv = ["server=localhost", "keyfile=/secret.key", "server_keyfile=localhost=/b"];
    const before = load(argv, { files: FILES }).config;
    const after = load(argv, { files: { ...FILES, "/b": "quite another key" } }).config;
    expect(diffConfig(before, after).live).toEqual(["server_key"]);
    expect(diffConfig(before, load(argv, { files: FILES }).config).live).toEqual([]);
  });

  it("are not even opened without encryption", () => {
    const argv = ["server=localhost", "encryption=no", "accepted_keyfile=/gone", "dupserver_keyfile=/gone"];
    expect(load(argv).config.acceptedKey).toEqual([]);
  });
});

function loadKey(argv: readonly string[], content: string | Buffer) {
  return load(["server=localhost", ...argv], { files: { "/secret.key": content } });
}
