import { describe, expect, it } from "vitest";
import { quote, quoteLoneWord } from "../../src/config/quote.ts";
import { load, problemsOf } from "../support/config/load-memory.ts";

describe("a written text is quoted", () => {
  it.each([
    "",
    "maybe",
    "1,000",
    "host:port",
    "should-be-yes",
    "/opt/plugins2/my-long-folder/x",
    "60 seconds",
  ])("as it is: %j", (text) => expect(quote(text)).toBe(`'${text}'`));

  it("not without end", () => {
    expect(quote("x y ".repeat(500_000))).toBe(`'${"x y ".repeat(15)}...'`);
  });

  it.each([
    "me:hunter2@host:4730",
    "https://me:hunter2@host",
    "host password=hunter2",
    "Zm9vYmFyMTIzNDU2Nzg5MA==",
    "3f786850e387550fdab836ed7e6dc881de23001b",
  ])("not if it may be a credential: %s", (text) => expect(quote(text)).toBe("'****'"));

  it("a word alone only if it is a plain one", () => {
    expect(["encrypt", "/etc/x.conf", "hunter2", "should_be_changed"].map(quoteLoneWord)).toEqual([
      "'encrypt'",
      "'/etc/x.conf'",
      "'****'",
      "'****'",
    ]);
  });
});

/** Each of these files has a password where it does not belong. */
describe("no problem of a file shows a password", () => {
  it.each([
    "server=me:hunter2@web1",
    "server=me:hunter2@web1:4730",
    "key: hunter2",
    "key hunter2",
    "hunter2",
    "hunter2 and more",
    "key\nhunter2",
    "keyfile=hunter2",
    "encryption=password=hunter2",
    "max-worker=me:hunter2@web1",
    "logmode=token: hunter2",
    "hunter2hunter2==",
    "plugin_path=me:hunter2@web1",
    "restrict_path=password=hunter2",
  ])("%j", (text) => {
    // Without a server there is always an error, and an error tells the warnings, too.
    const argv = ["config=/w.conf"];
    const problems = problemsOf(() => load(argv, { files: { "/w.conf": `${text}\nencryption=on` } })) ?? [];
    expect(problems).not.toEqual([]);
    expect(problems.filter((problem) => problem.includes("hunter2"))).toEqual([]);
  });
});
