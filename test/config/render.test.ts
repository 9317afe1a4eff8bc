import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { allValues } from "../../src/config/config.ts";
import { renderEffective } from "../../src/config/render/effective.ts";
import { GROUPS, load, loadMinimal, warningsOf } from "../support/config/load-memory.ts";
import { HELP, MARKDOWN, SAMPLE } from "./rendered.ts";

const KEY_FILE = { "/etc/mod-gearman/secret.key": "the key of a site" };

describe("rendered files", () => {
  it.each([
    ["docs/configuration.md", MARKDOWN],
    ["docs/worker.conf.sample", SAMPLE],
  ])("%s is what the table renders", (file, rendered) => {
    expect(readFileSync(file, "utf8")).toBe(rendered);
  });
});

describe("the sample", () => {
  it("is a configuration without complaints", () => {
    const loaded = load(["config=/w.conf"], { files: { ...KEY_FILE, "/w.conf": SAMPLE } });
    expect(warningsOf(loaded)).toEqual([]);
    expect(loaded.config).toMatchObject({ hosts: true, services: true, encryption: true });
  });

  it("shows defaults that are the defaults", () => {
    const shown = SAMPLE.replace(/^#(?=[\w-]+=.)/gm, "");
    const bare = load(["server=localhost", "keyfile=/etc/mod-gearman/secret.key"], { files: KEY_FILE });
    expect(load(["config=/w.conf"], { files: { ...KEY_FILE, "/w.conf": shown } }).config).toEqual(
      bare.config,
    );
  });
});

describe("help", () => {
  it("keeps to the width of a terminal where it can", () => {
    const tooLong = HELP.split("\n").filter((line) => line.length > 110);
    expect(tooLong).toEqual([]);
  });

  it("leaves out what has no effect", () => {
    expect(HELP).not.toContain("max-jobs");
  });
});

describe("the effective configuration", () => {
  it("says for each value where it was written, and masks the key", () => {
    const files = {
      ...KEY_FILE,
      "/w.conf": "max-worker=7\nserver=a\nserver=b:1\nkeyfile=/etc/mod-gearman/secret.key",
    };
    const { config, origins } = load(["config=/w.conf", "--debug=1"], {
      files,
      env: { GEARMAN_SERVERS: "c" },
    });
    const text = renderEffective(GROUPS, allValues(config), origins);
    for (const line of [
      "max-worker=7                             # /w.conf:1",
      "server=b:1                               # /w.conf:2, /w.conf:3, GEARMAN_SERVERS",
      "debug=1                                  # command line",
      "spawn-rate=1                             # default",
      "hosts=yes                                # default",
      "key=****                                 # /w.conf:4",
      "#logfile=                                # not set",
    ]) {
      expect(text.split("\n")).toContain(line);
    }
    expect(text).not.toContain("the key of a site");
  });

  it("is a configuration again", () => {
    const given = [
      "restrict_path=/a,b/",
      "restrict_path=/c/",
      "hostgroups=x,y",
      "identifier=Büro",
      "logfile=/l",
      "mem_limit=2.5",
    ];
    const { config, origins } = loadMinimal(given);
    const files = { "/w.conf": renderEffective(GROUPS, allValues(config), origins) };
    expect(load(["config=/w.conf"], { files }).config).toEqual(config);
  });
});
