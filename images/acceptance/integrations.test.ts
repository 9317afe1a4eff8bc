import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { createFolder } from "../../test/support/folder.ts";
import { Container, INTEGRATIONS, imageName, isWanted, runner, runToEnd } from "./container.ts";

const PATIENCE = { timeout: 30_000, interval: 200 };

describe.runIf(isWanted(INTEGRATIONS))("the image of the programs beside the workers", () => {
  it("has no privileges to give, the user 10001, and neither plugins nor Python", async () => {
    const look =
      "id -u; find / -xdev -perm /6000 -type f 2>/dev/null; ls -d /usr/lib/nagios /usr/bin/python3 2>/dev/null; touch /x 2>&1";
    const flags = ["--entrypoint", "/bin/sh"];
    const { stdout } = await runToEnd(INTEGRATIONS, { flags, words: ["-c", look] });
    expect(stdout.split("\n")).toEqual(["10001", expect.stringMatching(/Read-only file system/)]);
    const { stdout: user } = await runner("inspect", "--format", "{{.Config.User}}", imageName(INTEGRATIONS));
    expect(user).toBe("10001:10001");
  });

  it.each([
    [
      "zulip-bot",
      "monitoring=livestatus 127.0.0.1:6557\npermission=allow stream=icinga\n",
      "the configuration is fine",
    ],
    ["zulip-notifier", "stream=icinga\n", "the configuration is fine"],
  ])("runs %s", async (command, lines, says) => {
    using folder = createFolder();
    chmodSync(folder.path, 0o755);
    const login = "site=https://chat.example.org\nemail=bot@example.org\napi_key=0123456789abcdef\n";
    writeFileSync(join(folder.path, "program.conf"), login + lines, { mode: 0o644 });
    const flags = ["--volume", `${folder.path}:/conf:ro`];
    const words = [command, "--check-config", "--config=/conf/program.conf"];
    const { exitCode, stdout, stderr } = await runToEnd(INTEGRATIONS, { flags, words });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toContain(says);
  });

  it("runs perfdata", async () => {
    const words = [
      ...["perfdata", "--check-config", "--server=127.0.0.1:4730", "--encryption=no"],
      "--target=main http://127.0.0.1:8086 database=nagflux",
    ];
    const { exitCode, stdout } = await runToEnd(INTEGRATIONS, { words });
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: expect.stringContaining("lines go to main"),
    });
  });

  it("logs JSON, whatever program it runs", async () => {
    using folder = createFolder();
    chmodSync(folder.path, 0o755);
    const login = "site=https://127.0.0.1:1\nemail=bot@example.org\napi_key=0123456789abcdef\n";
    const notifier = `${login}stream=icinga\nspool=/tmp/zulip\n`;
    const bot = `${login}monitoring=livestatus 127.0.0.1:1\npermission=allow stream=icinga\nstate_folder=/tmp/bot\n`;
    for (const [name, text] of Object.entries({ "zulip-notifier": notifier, "zulip-bot": bot }))
      writeFileSync(join(folder.path, `${name}.conf`), text, { mode: 0o644 });
    const programs = [
      ["zulip-notifier", "--config=/conf/zulip-notifier.conf"],
      ["zulip-bot", "--config=/conf/zulip-bot.conf"],
      [
        ...["perfdata", "--server=127.0.0.1:1", "--encryption=no", "--spool=/tmp/perfdata"],
        "--target=main http://127.0.0.1:8086 database=nagflux",
      ],
      ["--server=127.0.0.1:1", "--encryption=no"],
    ];
    for (const words of programs) {
      const flags = ["--volume", `${folder.path}:/conf:ro`];
      await using container = await Container.start(INTEGRATIONS, { flags, words });
      const lines = await vi.waitFor(async () => {
        const written = (await container.logs()).split("\n").filter((line) => line.trim() !== "");
        expect(written.length, words[0]).toBeGreaterThan(0);
        return written;
      }, PATIENCE);
      for (const line of lines)
        expect(JSON.parse(line), line).toMatchObject({ level: expect.any(Number), msg: expect.any(String) });
    }
  });

  it("says what it holds", async () => {
    const flags = ["--entrypoint", "/bin/sh"];
    const words = ["-c", "cat /usr/share/doc/omd-worker/debian.txt /opt/omd-worker/sbom.cdx.json"];
    const { stdout } = await runToEnd(INTEGRATIONS, { flags, words });
    expect(stdout).toMatch(/^tini \S+ \S+$/m);
    expect(stdout).toContain('"bomFormat": "CycloneDX"');
  });
});
