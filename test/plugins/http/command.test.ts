import { describe, expect, it } from "vitest";
import { readHttpCommand } from "../../../plugins/http/command.ts";
import type { HttpTarget } from "../../../plugins/http/request.ts";
import { splitWords } from "../../../sdk/testing.ts";

const target = (line: string) => readHttpCommand(splitWords(line))?.target;

describe("where it asks", () => {
  it.each<[string, Partial<HttpTarget>]>([
    ["-H h", { address: "h", hostName: "h", port: 80, hostPort: 80, url: "/", usesTls: false }],
    ["-I a", { address: "a", hostName: undefined }],
    ["-I a -H h -u /x", { address: "a", hostName: "h", url: "/x" }],
    ["a", { address: "a", hostName: undefined }],
    ["a h more", { address: "a", hostName: "h" }],
    ["-H h a", { address: "a", hostName: "h" }],
    ["-H h:8080", { hostName: "h", port: 8080, hostPort: 8080 }],
    ["-H h:8080 -p 81", { port: 81, hostPort: 8080 }],
    ["-p 81 -H h:8080", { port: 81, hostPort: 8080 }],
    ["-H h:8080 -S", { port: 443, hostPort: 8080, usesTls: true }],
    ["-S -H h:8080", { port: 8080, hostPort: 8080, usesTls: true }],
    ["-S -H h", { port: 443, hostPort: 443 }],
    ["-C 30 -H h", { port: 443, usesTls: true }],
    ["-H h --continue-after-certificate", { port: 80, usesTls: false }],
    ["-H one:8080 -H two", { hostName: "two", port: 8080, hostPort: 8080 }],
    ["-H ::1", { address: "::1", hostName: "::1", port: 80 }],
    ["-H [::1]", { address: "[::1]", hostName: "[::1]" }],
  ])("%s", (line, expected) => {
    expect(target(line)).toMatchObject(expected);
  });
});

describe("left to the plugin", () => {
  it.each([
    "",
    "-H",
    "-H h -v",
    "-h",
    "-V",
    "-H h --extra-opts",
    "-H h -x",
    "-H h -p -1",
    "-H h -p 99999",
    "-H h -p x",
    "-H h: ",
    "-H h:x",
    "-H h:0",
    "-H h:99999",
    "-H [::1]:8080",
    "-H /run/socket",
    "-I /run/socket",
    "-H b\xc3\xbccher.example",
    "-H h -S2",
    "-H h -S3",
    "-H h -Sx",
    "-H h -C x",
    "-H h -C 1,2,3",
    "-H h -J /dev/null",
    "-H h -j CONNECT",
    "-H h -j CONNECT:POST -S",
    "a b\xfc",
    "-H h -f x",
    "-H h -f toString",
    "-H h -m :5",
    "-H h -m 5:",
    "-H h -m x",
    "-H h -M x",
    "-H h -M 99999d",
    "-H h -t x",
    "-H h -t -1",
    "-H h -w 5:1",
    "-H h -c inf",
    "-H h -c 99999999999",
    "-H h -r [",
    "-H h -r [ -r a",
    "-H h --max-redirs x",
    `-H h -s ${"x".repeat(8192)}`,
    `-H h -r ${"x".repeat(1024)}`,
    `-H ${"h".repeat(256)}`,
  ])("%s", (line) => {
    expect(readHttpCommand(splitWords(line))).toBeUndefined();
  });
});

describe("what counts of what is given twice", () => {
  const read = (line: string) => readHttpCommand(splitWords(`-H h ${line}`));

  it.each([
    ["-P a -P b", { method: "POST", body: { text: "a", contentType: "application/x-www-form-urlencoded" } }],
    ["-P a -j PUT", { method: "PUT" }],
    ["-j PUT -P a", { method: "PUT" }],
    ["-j HEAD:GET", { method: "HEAD", body: undefined }],
    ["-k a -k b", { headers: ["a", "b"] }],
  ])("%s", (line, expected) => {
    expect(read(line)?.request).toMatchObject(expected);
  });

  it("waits longer than what is critical", () => {
    expect(read("-c 20.5")?.expectations.timeout).toBe(21);
    expect(read("-c 9.5")?.expectations.timeout).toBe(10);
    expect(read("-c 5:")?.expectations.timeout).toBe(10);
  });

  it("searches for the last pattern, as the options before it say", async () => {
    const finds = async (line: string, text: string) =>
      read(line)?.expectations.pattern?.finds(text, new AbortController().signal);
    expect(await finds("-r a -r b", "a")).toBe(false);
    expect(await finds("-R x -r b", "B")).toBe(true);
    expect(await finds("-l -r a.b", "a\nb")).toBe(true);
    expect(await finds("-r a.b -l", "a\nb")).toBe(false);
    expect(read("-r a -r ''")?.expectations.pattern).toBeUndefined();
  });

  it("has TLS of the last version named", () => {
    expect(read("-S1.2 -S -C 5")?.tls.versions).toEqual({ minVersion: "TLSv1.2", maxVersion: "TLSv1.2" });
    expect(read("-S1.2 -S1.1+")?.tls.versions).toEqual({ minVersion: "TLSv1.1" });
    expect(read("-S1.2 -S3+ -S")?.tls.versions).toEqual({});
  });
});
