import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkBySsh } from "../../../plugins/ssh/check_by_ssh.ts";
import { NATIVE_SSH_KEEPALIVE } from "../../../plugins/ssh/settings.ts";
import { SharedValues } from "../../../sdk/shared.ts";
import { runCheck } from "../../../sdk/testing.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { Sshd } from "../../support/servers/sshd.ts";
import { execute, findPlugin } from "../core/real-plugins.ts";

const plugin = findPlugin("check_by_ssh");

/**
 * In place of a Windows machine: it says which text sshd has been given for the shell, with the line breaks
 * of Windows, and ends with the return code that the text names.
 */
const STAND_IN = `#!/bin/sh
printf '%s\\r\\nsecond line|a=1\\r\\n' "$SSH_ORIGINAL_COMMAND"
case "$SSH_ORIGINAL_COMMAND" in *-Code\\ [0-9]*) exit "\${SSH_ORIGINAL_COMMAND##*-Code }";; esac
`;

/** The forms of docs/powershell.md. */
const COMMANDS = [
  `powershell.exe -NoLogo -NoProfile -NonInteractive -ExecutionPolicy Bypass -File C:\\checks\\check_disk.ps1 -Code 2`,
  `powershell.exe -NoProfile -File "C:\\Program Files\\checks\\check_disk.ps1" -Drive C: -Code 1`,
  `& 'C:\\Program Files\\checks\\check_disk.ps1' -Drive 'C:'; exit $LASTEXITCODE`,
  `powershell.exe -NoProfile -EncodedCommand ${Buffer.from("exit 2", "utf16le").toString("base64")}`,
  `Get-Service | Where-Object { $_.Status -eq "Stopped" -and $_.StartType -eq 'Automatic' }; exit 0`,
  `cmd /c "echo 100%% & exit 0"`,
];

describe.skipIf(plugin === undefined || !hasServer("sshd"))("a command for PowerShell", () => {
  let sshd: Sshd;
  const shared = new SharedValues({ log: () => {}, settings: () => new Map([[NATIVE_SSH_KEEPALIVE, true]]) });
  beforeAll(async () => {
    sshd = await Sshd.start({ config: ["ForceCommand /bin/sh $HOME/stand-in"] });
    sshd.folder.file("stand-in", STAND_IN, 0o755);
    sshd.folder.file("known", sshd.knownHost());
  });
  afterAll(async () => {
    await shared[Symbol.asyncDispose]();
    await sshd[Symbol.asyncDispose]();
  });

  const words = (command: string) => [
    ...["-H", "127.0.0.1", "-p", String(sshd.port), "-i", sshd.identity, "-C", command],
    ...["-o", `UserKnownHostsFile=${sshd.folder.path}/known`],
  ];

  it.each(COMMANDS)("arrives as it was written, and comes back as for the plugin: %s", async (command) => {
    const { returnCode, output } = await runCheck(checkBySsh, words(command), { shared });
    expect(output).toBe(`${command}\r\nsecond line|a=1\r\n`);
    expect(returnCode).toBe(Number(/-Code (\d)/.exec(command)?.[1] ?? 0));
    const outcome = await execute({ words: [plugin ?? "", ...words(command)], environment: [] });
    expect(outcome).toMatchObject({ kind: "exited", returnCode, stdout: output });
  });

  it("shares a login with the one before", async () => {
    const before = sshd.logins;
    for (const command of COMMANDS) await runCheck(checkBySsh, words(command), { shared });
    expect(sshd.logins).toBe(before);
  });

  it("may be run as a user of a domain", () => {
    expect(checkBySsh.understand(["-H", "h", "-l", "contoso\\monitor", "-C", "hostname"])).toBeDefined();
  });
});
