import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createFolder } from "../../test/support/folder.ts";
import { INTEGRATIONS, imageName, runner, runToEnd } from "./container.ts";

const wanted = (process.env["IMAGE_TARGETS"] ?? "").split(" ").filter((word) => word !== "");
const isWanted = wanted.length === 0 || wanted.includes(INTEGRATIONS);

describe.runIf(isWanted)("the image of the programs beside the workers", () => {
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

  it("says what it holds", async () => {
    const flags = ["--entrypoint", "/bin/sh"];
    const words = ["-c", "cat /usr/share/doc/omd-worker/debian.txt /opt/omd-worker/npm.cdx.json"];
    const { stdout } = await runToEnd(INTEGRATIONS, { flags, words });
    expect(stdout).toMatch(/^tini \S+ \S+$/m);
    expect(stdout).toContain('"bomFormat": "CycloneDX"');
  });
});
