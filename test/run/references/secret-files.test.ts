import { execFileSync } from "node:child_process";
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createSecretFiles } from "../../../src/run/references/secret-files.ts";
import { createFolder } from "../../support/folder.ts";

describe("the files of secret_dir", () => {
  it.each<[what: string, content: string | Buffer, read: string]>([
    ["a line break at the end is the file's", "s3cret\n", "s3cret"],
    ["also one of Windows", "s3cret\r\n", "s3cret"],
    ["one only", "s3cret\n\n", "s3cret\n"],
    ["blanks are the secret's", " a b ", " a b "],
    ["bytes stay bytes", Buffer.from("ü"), "Ã¼"],
  ])("%s", async (_, content, read) => {
    using folder = createFolder();
    writeFileSync(join(folder.path, "pg"), content);
    expect(createSecretFiles(folder.path)("pg")).toEqual({ kind: "read", secret: read });
  });

  it("that give no secret say why, and not what they hold", async () => {
    using folder = createFolder();
    const read = createSecretFiles(folder.path);
    const whyOf = (name: string) => read(name);
    writeFileSync(join(folder.path, "empty"), "\n");
    writeFileSync(join(folder.path, "nul"), "a\0b");
    writeFileSync(join(folder.path, "large"), "x".repeat(65_537));
    mkdirSync(join(folder.path, "folder"));
    symlinkSync("nowhere", join(folder.path, "dangling"));
    execFileSync("mkfifo", [join(folder.path, "pipe")]);
    const missing = (why: string) => ({ kind: "missing", why });
    expect(whyOf("none")).toEqual(missing("secret_dir has no such file"));
    expect(whyOf("dangling")).toEqual(missing("secret_dir has no such file"));
    expect(whyOf("empty")).toEqual(missing("its file is empty"));
    expect(whyOf("nul")).toEqual(missing("its file has a NUL byte, which no command line can hold"));
    expect(whyOf("large")).toEqual(missing("its file is larger than 65536 bytes"));
    expect(whyOf("folder")).toEqual(missing("it is no file"));
    expect(whyOf("pipe")).toEqual(missing("it is no file"));
  });

  it("of a Kubernetes mount are followed to the new version at once", async () => {
    using folder = createFolder();
    const read = createSecretFiles(folder.path);
    const publish = (version: string, content: string) => {
      mkdirSync(join(folder.path, version));
      writeFileSync(join(folder.path, version, "pg"), content);
      symlinkSync(version, join(folder.path, "..data_tmp"));
      renameSync(join(folder.path, "..data_tmp"), join(folder.path, "..data"));
    };
    publish("..2026_1", "first\n");
    symlinkSync("..data/pg", join(folder.path, "pg"));
    expect(read("pg")).toEqual({ kind: "read", secret: "first" });
    publish("..2026_2", "again\n");
    expect(read("pg")).toEqual({ kind: "read", secret: "again" });
  });
});
