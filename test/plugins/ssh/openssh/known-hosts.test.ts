import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findHostKeys, nameInKnownHosts } from "../../../../plugins/ssh/openssh/known-hosts.ts";
import { hasServer } from "../../../support/servers/installed.ts";
import { SshFolder } from "../../../support/servers/sshd.ts";

const folder = new SshFolder();
afterAll(() => folder[Symbol.dispose]());

it.each([
  ["h", 22, "h"],
  ["h", 2222, "[h]:2222"],
  ["::1", 22, "::1"],
  ["::1", 2222, "[::1]:2222"],
])("%s port %i is %s", (host, port, name) => {
  expect(nameInKnownHosts(host, port)).toBe(name);
});

describe.skipIf(!hasServer("sshd"))("known_hosts", () => {
  let ed25519 = "";
  let rsa = "";
  beforeAll(async () => {
    await folder.key("ed25519");
    await folder.key("rsa", ["-t", "rsa", "-b", "2048"]);
    ed25519 = folder.read("ed25519.pub").split(" ", 2).join(" ");
    rsa = folder.read("rsa.pub").split(" ", 2).join(" ");
  });

  const typesOf = async (text: string, name: string) => {
    const { keys } = await findHostKeys([text], name);
    return keys.map(({ type }) => type);
  };

  it.each([
    ["its name", "h.example", "h.example", true],
    ["another name", "h.example", "g.example", false],
    ["its name among others", "a,h.example,10.0.0.1", "10.0.0.1", true],
    ["capitals in the file", "H.Example", "h.example", true],
    ["a pattern", "*.example", "h.example", true],
    ["a pattern for a single letter", "?.example", "hh.example", false],
    ["an exception", "*.example,!h.example", "h.example", false],
    ["a port", "[h.example]:2222", "[h.example]:2222", true],
    ["another port", "[h.example]:2222", "[h.example]:22", false],
    ["any port", "[h.example]:*", "[h.example]:2222", true],
    ["a part of a name", "h.exam", "h.example", false],
  ])("has a host's key under %s: %s, %s, %s", async (_, hosts, name, isFound) => {
    expect(await typesOf(`${hosts} ${ed25519} a comment\n`, name)).toEqual(isFound ? ["ssh-ed25519"] : []);
  });

  it("has several keys of a host, over several files", async () => {
    const { keys } = await findHostKeys([`h ${rsa}\n`, `# x\n\nh ${ed25519}`], "h");
    expect(keys.map(({ type }) => type)).toEqual(["ssh-rsa", "ssh-ed25519"]);
  });

  it("has names hashed by ssh-keygen", async () => {
    const file = folder.file("hashed", `h,10.0.0.1 ${ed25519}\n[h]:2222 ${rsa}\n`);
    execFileSync("ssh-keygen", ["-q", "-H", "-f", file], { stdio: "ignore" });
    const text = folder.read("hashed");
    expect(text).not.toContain("h,");
    expect(await typesOf(text, "h")).toEqual(["ssh-ed25519"]);
    expect(await typesOf(text, "10.0.0.1")).toEqual(["ssh-ed25519"]);
    expect(await typesOf(text, "[h]:2222")).toEqual(["ssh-rsa"]);
    expect(await typesOf(text, "g")).toEqual([]);
  });

  it("marks keys as revoked, and authorities", async () => {
    const found = await findHostKeys(
      [`@revoked * ${ed25519}\n@cert-authority *.example ${rsa}\n`],
      "h.example",
    );
    expect(found).toMatchObject({ keys: [], revoked: [{ type: "ssh-ed25519" }], hasAuthority: true });
  });

  it.each([
    "h ssh-ed25519",
    "h ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIA==",
    "h 1024 35 1234567",
    "@unknown h ssh-ed25519 AAAA",
    "|2|salt|hash ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA==",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA==",
    "h ssh-ed25519 ????",
  ])("passes over %s", async (line) => {
    expect(await typesOf(`${line}\nh ${rsa}\n`, "h")).toEqual(["ssh-rsa"]);
  });
});
