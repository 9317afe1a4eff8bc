import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NOTIFIER_TABLE, SPOOL_TABLE } from "../../../../integrations/zulip/settings/table.ts";
import { loadConfig } from "../../../../src/config/load.ts";
import { thisMachine } from "../../../../src/config/machine.ts";
import { createFolder } from "../../../support/folder.ts";

let folder: ReturnType<typeof createFolder>;
beforeEach(() => {
  folder = createFolder();
});
afterEach(() => folder[Symbol.dispose]());

const KEY = "0123456789abcdefghijklmnopqrstuv";

function file(name: string, text: string): string {
  const path = join(folder.path, name);
  writeFileSync(path, text);
  chmodSync(path, 0o600);
  return path;
}

function load(conf: string, env: Readonly<Record<string, string>> = {}) {
  const argv = [`--config=${file("zulip.conf", conf)}`];
  const loaded = loadConfig(NOTIFIER_TABLE, argv, { ...thisMachine(), env });
  if (loaded.wants !== "run") throw new Error(loaded.wants);
  return loaded;
}

const LOGIN = `site=https://chat.example.org/\nemail=bot@example.org\napi_key=${KEY}\nstream=icinga\n`;

describe("zulip.conf", () => {
  it("needs a login and a stream", () => {
    const { config } = load(LOGIN);
    expect(config.connection).toMatchObject({
      site: "https://chat.example.org",
      email: "bot@example.org",
      timeoutMs: 15_000,
    });
    expect(config.messages.style.stream).toBe("icinga");
    expect(JSON.stringify(config)).not.toContain(KEY);
  });

  it("says all that is missing at once", () => {
    const text =
      /there is no site \(.*\)\nthere is no email \(.*\)\nthere is no api_key_file \(.*\)\nthere is no stream \(stream=icinga\)/;
    expect(() => load("language=de\n")).toThrow(text);
  });

  it("takes a login from a zuliprc, from Zulip's variables, and from ours, each before the other", () => {
    const rc = file("zuliprc", `[api]\nemail=rc@example.org\nkey=${KEY}\nsite=https://rc.example.org\n`);
    const conf = `zuliprc=${rc}\nstream=s\n`;
    expect(load(conf).config.connection).toMatchObject({
      site: "https://rc.example.org",
      email: "rc@example.org",
    });
    const env = { ZULIP_SITE: "https://env.example.org", OMD_ZULIP_EMAIL: "own@example.org" };
    expect(load(conf, env).config.connection).toMatchObject({
      site: "https://env.example.org",
      email: "own@example.org",
    });
    expect(load("stream=s\n", { ZULIP_CONFIG: rc }).config.connection.email).toBe("rc@example.org");
  });

  it.each([
    ["an address with a login", "site=https://a:b@chat\n", "site is no address of a server"],
    [
      "a place that is none",
      "template={hots}\n",
      "zulip.conf:6: there is no {hots} in messages (use {label}, ",
    ],
    [
      "a route without a stream",
      "route=host=a\n",
      "zulip.conf:6: route: 'host=a': there is no => with blanks",
    ],
    [
      "a file that is not there",
      "api_key_file=/nowhere/key\n",
      "could not open file: /nowhere/key: no such file",
    ],
    [
      "a CA file without certificates",
      "ca_file=/etc/hostname\n",
      "ca_file: /etc/hostname has no certificate",
    ],
    ["a topic of a route", "route=host=a => b > {hots}\n", "there is no {hots} in messages"],
    ["a spool that depends on the working directory", "spool=spool\n", "spool: 'spool' is not absolute"],
  ])("with %s is wrong", (_, line, text) => {
    const problem = () => load(`${LOGIN}\n${line}`);
    expect(problem).toThrow(text);
    expect(problem).not.toThrow(KEY);
  });

  it("warns of a key file that every user may read, and refuses an empty one", () => {
    const path = file("key", KEY);
    chmodSync(path, 0o644);
    const messages = load(`${LOGIN}api_key_file=${path}\n`).warnings.map(({ message }) => message);
    expect(messages).toContain(`${path} has a key and can be read by every user`);
    expect(() => load(`${LOGIN}api_key_file=${file("empty", "\n")}\n`)).toThrow("the key file is empty: /");
  });

  it("warns of a key that would be sent as it is", () => {
    const { warnings } = load(`${LOGIN}site=http://chat.example.org\n`);
    expect(warnings.map(({ message }) => message)).toContain(
      "site is http://: the key would be sent as it is",
    );
  });

  it("a mistake that does not concern the spool costs no notification", () => {
    const path = file("bad.conf", "template={hots}\nroute=x\nspool=/var/spool/x\n");
    const loaded = loadConfig(SPOOL_TABLE, [`--config=${path}`], { ...thisMachine(), env: {} });
    expect(loaded).toMatchObject({
      wants: "run",
      config: { folder: "/var/spool/x", limits: { entries: 50_000 } },
    });
  });
});
