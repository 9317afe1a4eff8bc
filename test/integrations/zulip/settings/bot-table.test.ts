import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readPermission } from "../../../../integrations/zulip/bot/read-permission.ts";
import { BOT_TABLE } from "../../../../integrations/zulip/settings/bot-table.ts";
import { backendAddress } from "../../../../integrations/zulip/settings/complete-monitoring.ts";
import { loadConfig } from "../../../../src/config/load.ts";
import { thisMachine } from "../../../../src/config/machine.ts";
import { createFolder } from "../../../support/folder.ts";

const KEY = "0123456789abcdefghijklmnopqrstuv";
const PASSWORD = "secret of Icinga";
const LOGIN = `site=https://chat.example.org\nemail=bot@example.org\napi_key=${KEY}\n`;

let folder: ReturnType<typeof createFolder>;
let secret: string;
beforeEach(() => {
  folder = createFolder();
  secret = file("password", `${PASSWORD}\n`);
});
afterEach(() => folder[Symbol.dispose]());

function file(name: string, text: string): string {
  const path = join(folder.path, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

function load(lines: string, env: Readonly<Record<string, string>> = {}) {
  const argv = [`--config=${file("zulip-bot.conf", LOGIN + lines)}`];
  const loaded = loadConfig(BOT_TABLE, argv, { ...thisMachine(), env });
  if (loaded.wants !== "run") throw new Error(loaded.wants);
  return loaded;
}

const ICINGA = () => `monitoring=icinga2 https://icinga:5665 user=bot password_file=${secret}\n`;

describe("zulip-bot.conf", () => {
  it("says with what the bot acts, and who may ask for it", () => {
    const { config, warnings } = load(
      `${ICINGA()}permission=deny host=core*\npermission=allow stream=icinga group="Team A|Team B" verb=ack max=8h\nstage=dev\n`,
      { OMD_ZULIPBOT_MAX_COMMAND_AGE: "120" },
    );
    expect(warnings).toEqual([]);
    expect(config.settings).toEqual({
      rules: [
        { allow: false, hosts: ["core*"] },
        {
          allow: true,
          streams: ["icinga"],
          groups: ["Team A", "Team B"],
          maxSeconds: 28_800,
          verbs: ["acknowledge", "unacknowledge"],
        },
      ],
      language: "en",
      stage: "dev",
      maxAgeSeconds: 120,
      peopleMaxAgeSeconds: 60,
      alertUsers: [],
    });
    expect(JSON.stringify(config)).not.toMatch(/0123456789|secret of/);
    const { monitoring } = config;
    expect(monitoring && backendAddress(monitoring)).toEqual({
      kind: "icinga2",
      url: "https://icinga:5665",
      user: "bot",
      password: PASSWORD,
      caFile: undefined,
    });
  });

  it.each([
    ["thruk https://omd/site/thruk key_file=KEY", { kind: "thruk", apiKey: PASSWORD }],
    ["livestatus /run/live expiring=yes", { kind: "livestatus", address: { path: "/run/live" } }],
    ["livestatus [::1]:6557", { address: { host: "::1", port: 6557 }, expiringAcknowledgement: false }],
    ["pipe /run/naemon.cmd", { kind: "pipe", path: "/run/naemon.cmd", reader: undefined }],
    ["pipe /run/naemon.cmd livestatus=unix:/run/live", { reader: { path: "/run/live" } }],
  ])("knows the monitoring %s", (text, address) => {
    const { monitoring } = load(`monitoring=${text.replace("KEY", secret)}\n`).config;
    expect(monitoring && backendAddress(monitoring)).toMatchObject(address);
  });

  it("says where issues are opened, and reads the token only when it is needed", () => {
    const line = `gitlab=https://gitlab.example.org/sub project=ops/orders token_file=${secret} labels=a,b\n`;
    const { config } = load(`${ICINGA()}${line}permission=allow verb=issue\n`);
    expect(config.values.gitlab).toEqual({
      url: "https://gitlab.example.org/sub",
      project: "ops/orders",
      tokenFile: secret,
      labels: ["a", "b"],
      caFile: undefined,
    });
    expect(config.settings.rules).toEqual([{ allow: true, verbs: ["issue"] }]);
    expect(JSON.stringify(config)).not.toContain(PASSWORD);
  });

  it("warns while nobody may do anything", () => {
    const [warning] = load(ICINGA()).warnings;
    expect(warning?.message).toBe("no permission: nobody may ask for anything but help");
  });

  it.each([
    ["no monitoring", "", "there is no monitoring for the bot to act in (monitoring=icinga2 https://"],
    [
      "a kind that is none",
      "monitoring=zabbix https://z\n",
      "zulip-bot.conf:4: monitoring: 'zabbix' is none of icinga2, thruk, livestatus, pipe",
    ],
    [
      "changes of a monitoring that tells none",
      "monitoring=pipe /a\nshow_changes=all\n",
      "zulip-bot.conf:5: show_changes needs a monitoring that can be asked (give the pipe livestatus=)",
    ],
    ["a GitLab that is none", "gitlab=gitlab.example.org\n", "gitlab: 'gitlab.example.org' is no URL"],
    ["a GitLab in clear", "gitlab=http://git\n", "is http://: the token would be sent as it is"],
    ["a GitLab without a project", "gitlab=https://git token_file=/a\n", "it needs project= and token_file="],
    ["a token in the line", "gitlab=https://git token=x\n", "put it into a file: token_file=FILE"],
    [
      "an unknown word",
      "gitlab=https://git group=x\n",
      "'group=x' is unknown (it has project=, token_file=,",
    ],
    [
      "a token that cannot be read",
      "gitlab=https://git project=a token_file=/nowhere\n",
      "zulip-bot.conf:4: could not open token_file: /nowhere",
    ],
    ["no user", "monitoring=icinga2 https://i password_file=x\n", "icinga2 needs user="],
    [
      "a secret in the line",
      "monitoring=icinga2 https://i user=a password=b\n",
      "password= would be seen by others",
    ],
    ["a login in the URL", "monitoring=icinga2 https://a:b@i user=a password_file=b\n", "has a login"],
    [
      "no encryption",
      "monitoring=icinga2 http://icinga:5665 user=a password_file=b\n",
      "is http://: the password would be sent as it is",
    ],
    [
      "a word of another kind",
      "monitoring=pipe /a user=b\n",
      "'user=b' is unknown (pipe has livestatus=, expiring=)",
    ],
    ["a relative pipe", "monitoring=pipe a.cmd\n", "is no absolute path of a command pipe"],
    ["a port that is none", "monitoring=livestatus a:99999\n", "'a:99999' is no address of livestatus"],
    [
      "a file that is not there",
      "monitoring=thruk https://t key_file=/nowhere\n",
      "zulip-bot.conf:4: could not open key_file: /nowhere: no such file",
    ],
    [
      "an empty file",
      "monitoring=thruk https://t key_file=/dev/null\n",
      "key_file /dev/null has no key in its first line",
    ],
    [
      "a wrong permission",
      "monitoring=pipe /a\npermission=allow\npermission=allow strem=a\n",
      "zulip-bot.conf:6: permission: 'allow strem=a': \"strem=a\" is none of stream=, ",
    ],
  ])("with %s is wrong", (_, lines, text) => {
    const problem = () => load(lines);
    expect(problem).toThrow(text);
    expect(problem).not.toThrow(KEY);
  });
});

describe("permissions", () => {
  it.each([
    ["allow", { allow: true }],
    ["allow role=moderator", { allow: true, role: 300 }],
    ["allow verb=downtime|status", { allow: true, verbs: ["downtime", "cancel", "status"] }],
    ["deny user=eve@example.org|7", { allow: false, users: ["eve@example.org", "7"] }],
    ["allow host=db* max=90m", { allow: true, hosts: ["db*"], maxSeconds: 5_400 }],
  ])("%s", (text, rule) => {
    expect(readPermission(text)).toEqual(rule);
  });

  it.each([
    ["", "it begins with neither allow nor deny"],
    ["stream=icinga", "it begins with neither allow nor deny"],
    ["allow icinga", '"icinga" is none of stream=, user=, group=, host=, role=, verb=, max='],
    ["allow __proto__=x", '"__proto__=x" is none of'],
    ["allow stream=", '"stream=" is none of'],
    ["allow role=chief", "role is one of owner, administrator, moderator, member, guest"],
    ["allow verb=ack|dance", "verb is one of ack, downtime, status, recheck"],
    ["allow max=long", "max is a duration, such as 8h or 7d"],
    ["deny max=8h", "max belongs to allow"],
    ["allow host=a host=b", "host is given twice: write host=A|B"],
  ])("%j says what is wrong", (text, problem) => {
    expect(readPermission(text)).toContain(problem);
  });
});
