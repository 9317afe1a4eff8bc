import { userInfo } from "node:os";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkBySsh } from "../../../plugins/ssh/check_by_ssh.ts";
import { NATIVE_SSH_KEEPALIVE } from "../../../plugins/ssh/settings.ts";
import { freePort } from "../../support/free-port.ts";
import { FakeServers } from "../../support/servers/fake-servers.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { Sshd, SshFolder } from "../../support/servers/sshd.ts";
import { findPlugin } from "../core/real-plugins.ts";
import { CUTS, Cutter } from "../cutter.ts";
import { type Choices, compareWithPlugin, RUNS, randomLines, SEED, seldom, share } from "../differential.ts";
import { FamilyReport } from "../family-report.ts";
import type { NormalRule } from "../oracle.ts";
import { BY_SSH_FORMS } from "../real-forms.ts";
import { realLines } from "../real-lines.ts";
import { OddSshds } from "./odd-sshds.ts";

const plugin = findPlugin("check_by_ssh");
const given = (option: string, values: readonly string[]): Choices => values.map((value) => [option, value]);

/** When its server dies, ssh prints one of these lines at random. */
const LOST: NormalRule = [
  /(?:Connection to \S+ closed by remote host\.|Read from remote host \S+: Connection reset by peer|client_loop: send disconnect: Broken pipe)\r/g,
  "LOST",
];

const COMMANDS: Choices = [
  ...given("-C", [
    "true",
    "false",
    "echo OK - fine; exit 0",
    "echo 'WARNING|a=1;2;3'; exit 1",
    "echo CRITICAL; exit 2",
    "exit 4",
    "echo four; exit 4",
    "exit 127",
    "echo out; exit 255",
    "kill -9 $$",
    "echo before; kill -15 $$",
    "kill -9 $PPID",
    "echo gone; sleep 0.3; kill -9 $PPID; sleep 1",
    "echo err >&2",
    "echo err >&2; exit 1",
    "echo err >&2; exit 2",
    "echo out; echo e1 >&2; echo e2 >&2; exit 126",
    "printf 'a\\nb\\n\\nc'; printf 'x\\n\\ny\\n' >&2",
    "printf 'a\\0b\\nc\\0\\n'",
    "printf '\\377\\200\\r\\n\\n\\n'",
    "printf '\\n'",
    "cat",
    "cat; echo $0",
    "no-such-command-anywhere",
    "echo \xc3\xa4\xe2\x82\xac",
    "echo $LC_ALL $LC_TEST; env | grep -c SSH_",
    "head -c 300000 /dev/zero | tr '\\0' x",
    "head -c 60000 /dev/zero | tr '\\0' x >&2; echo out",
    "echo \"it's\" 'a  b' \\\\ `echo c` $(echo d)",
  ]),
  ["-C", "echo one; exit 1", "-C", "echo two; exit 2"],
  ["-C", "false", "--command=true", "-C", "echo err >&2"],
  ["echo", "these", "words"],
  ["-C", "", "echo", "instead"],
];

/** Twenty servers with three keys each are made. */
const SETTING_UP_MS = 300_000;

/** What configurations have run: plugins, most of all. */
const REAL_COMMANDS = [
  "echo 'OK - load average: 0.21, 0.17, 0.11|load1=0.210;8.000;12.000;0;'",
  "echo 'DISK WARNING - free space: / 2048 MB (9% inode=80%);| /=20480MB;18000;21000;0;22528'; exit 1",
  "sudo -n /not/there/plugin -w 5,6,4 -c 12,9,7",
  "/usr/lib/nagios/plugins/check_dummy 2 'USERS CRITICAL - 31 users'",
  'cd / ; ls --all >/dev/null ; echo "rc=$?" ; true; false',
  "df -P / | awk '{print $6}' | sort -n | tail -1",
  "uname -s",
];

const OPTIONS: readonly Choices[] = [
  COMMANDS,
  seldom([["-E"], ["-E1"], ["-E", "-S"], ["--skip-stderr=2"], ["--skip-stderr"], ["-E0"]], 5),
  seldom([["-S"], ["-S1"], ["--skip=2"], ["--skip-stdout=1"], ["-S99"]], 8),
  seldom([["-U"], ["--unknown-timeout"]], 7),
  seldom([["--warn-on-stderr"]], 8),
  seldom([["-q"], ["--quiet"], ["-o", "LogLevel=ERROR"], ["-o", "LogLevel fatal"], ["-oLogLevel=QUIET"]], 7),
  seldom([["-f"], ["--fork"]], 9),
  seldom([["-4"], ["--use-ipv4"], ["-2"], ["-t", "20"], ["-t9", "-n", "x", "-s", "a:b"]], 8),
  seldom(
    [
      ["-o", "BatchMode=yes"],
      ["-o", "Compression yes"],
      ["-o", "ConnectTimeout=7"],
      ["-o", "ControlPath=none"],
    ],
    6,
  ),
  seldom(
    [
      ["-o", "KexAlgorithms=+diffie-hellman-group14-sha1"],
      ["-o", "KexAlgorithms=^curve25519-sha256"],
      ["-o", "KexAlgorithms=ecdh-sha2-nistp256,diffie-hellman-group14-sha256"],
      ["-o", "KexAlgorithms=nosuch"],
      ["-o", "HostKeyAlgorithms=+ssh-rsa"],
      ["-o", "HostKeyAlgorithms=+ssh-rsa", "-o", "PubkeyAcceptedKeyTypes=+ssh-rsa"],
      ["-o", "HostKeyAlgorithms=rsa-sha2-512,ssh-ed25519"],
      ["-o", "HostKeyAlgorithms=ssh-rsa"],
      ["-o", "PubkeyAcceptedAlgorithms=+ssh-rsa"],
      ["-o", "Ciphers=+aes128-cbc", "-o", "MACs=+hmac-md5"],
      ["-o", "Ciphers=aes256-ctr", "-o", "MACs=hmac-sha1"],
      ["-o", "RequiredRSASize=4096"],
      ["-o", "RequiredRSASize=2048"],
      ["-o", "GSSAPIAuthentication=yes"],
    ],
    5,
  ),
];

describe.skipIf(plugin === undefined || !hasServer("sshd"))(
  "the answers of check_by_ssh are the plugin's",
  () => {
    const folder = new SshFolder();
    const servers: Sshd[] = [];
    const odd = new AsyncDisposableStack();
    const report = new FamilyReport("check_by_ssh");
    let places: Choices = [];
    let logins: Choices = [];
    let trusts: Choices = [];
    let known = "";
    const user = userInfo().username;

    beforeAll(async () => {
      const banner = folder.file("banner", "Authorized use only\n\tof this machine.\n");
      const authorized = folder.file("authorized", "");
      servers.push(
        await Sshd.start(),
        await Sshd.start({ config: [`Banner ${banner}`, "AcceptEnv LANG LC_*", "MaxSessions 3"] }),
        await Sshd.start({ config: [`AuthorizedKeysFile ${authorized}`] }),
        await Sshd.start({ config: ["PasswordAuthentication yes"] }),
        ...odd.use(await OddSshds.start()).all,
      );
      const fakes = odd.use(new FakeServers());
      const closing = await fakes.tcp((socket) => socket.end("SSH-2.0-closes_1\r\n"));
      const [plain, , refusing] = servers;
      if (plain === undefined || refusing === undefined) throw new Error("no server");
      const keys = servers.map((each) => each.folder.read("user_ed25519.pub"));
      const rsa = await folder.key("rsa", ["-t", "rsa", "-b", "2048"]);
      const locked = await folder.key("locked", ["-t", "ed25519"], "secret");
      for (const each of servers) {
        if (each === refusing) continue;
        const more = each === plain ? folder.read("locked.pub") : "";
        each.folder.file("authorized_keys", keys.join("") + folder.read("rsa.pub") + more);
      }

      const knownTo = (name: string, key = "host_ed25519", change = (line: string) => line) =>
        folder.file(name, servers.map((each) => change(each.knownHost(key))).join(""));
      known = knownTo("known");
      const hashed = knownTo("hashed");
      await execa("ssh-keygen", ["-q", "-H", "-f", hashed]);
      const others = servers.map((each, at) =>
        each
          .knownHost()
          .replace(
            each.folder.read("host_ed25519.pub"),
            servers[(at + 1) % servers.length]?.folder.read("host_ed25519.pub") ?? "",
          ),
      );
      const strict = (file: string, more: readonly string[] = []) => [
        ...["-o", "StrictHostKeyChecking=yes", "-o", `UserKnownHostsFile=${file}`],
        ...more,
      ];
      trusts = [
        ...Array.from({ length: 8 }, () => strict(known)),
        strict(hashed),
        strict(`/dev/null ${hashed}`),
        strict(`${folder.path}/not-there ${known}`),
        strict(knownTo("rsa-only", "host_rsa")),
        ...Array.from({ length: 4 }, () =>
          strict(known, ["-o", `GlobalKnownHostsFile=${folder.path}/rsa-only`]),
        ),
        strict(knownTo("ecdsa-only", "host_ecdsa")),
        strict(knownTo("without-port", "host_ed25519", (line) => line.replace(/\[(.*)\]:\d+/, "$1"))),
        strict(knownTo("pattern", "host_ed25519", (line) => line.replace(/:\d+/, ":*"))),
        strict(knownTo("list", "host_ed25519", (line) => `a.example,!b.example,${line}`)),
        strict(knownTo("but-not", "host_ed25519", (line) => `!*,${line}`)),
        strict(knownTo("revoked", "host_ed25519", (line) => `@revoked ${line}`)),
        strict(folder.file("others", others.join(""))),
        strict(folder.file("junk", `nonsense\n#comment\n\n${folder.read("known").replaceAll(" ", "\t")}`)),
        strict("/dev/null"),
        strict("/dev/null", ["-o", `GlobalKnownHostsFile=${known}`]),
        ["-o", "UserKnownHostsFile=/dev/null"],
        ["-o", "UserKnownHostsFile=/dev/null", "-o", "StrictHostKeyChecking=no"],
        ["-o", "UserKnownHostsFile=/dev/null", "-o", "StrictHostKeyChecking=accept-new"],
        ["-o", "UserKnownHostsFile=/not-there/known_hosts", "-o", "StrictHostKeyChecking=no"],
        [
          "-o",
          `UserKnownHostsFile=${known}`,
          "-o",
          "HostKeyAlias=other.example",
          "-o",
          "StrictHostKeyChecking=yes",
        ],
      ];

      const nobody = await freePort();
      const cut = await Promise.all(CUTS.map((each) => Cutter.to(plain.port, each.cut)));
      for (const each of cut) odd.use(each);
      const configs = servers.map((each, at) =>
        folder.file(
          `config${at}`,
          `Host destination*\nHostName 127.0.0.1\n Port = ${each.port}\n\nHost *\n  IdentityFile ${each.identity}\n`,
        ),
      );
      places = [
        ...servers.flatMap((each) => [
          ["-H", "127.0.0.1", "-p", `${each.port}`],
          ["-H127.0.0.1", "-o", `Port=${each.port}`],
          ["--hostname", "localhost", "--port", `${each.port}`, "-o", "HostName=127.0.0.1"],
        ]),
        ["-H", "127.0.0.1", "-p", `${plain.port}`],
        ["-H", "LocalHost", "-p", `${plain.port}`],
        ...cut.map(({ port }) => [
          "-H",
          "127.0.0.1",
          "-p",
          `${port}`,
          "-o",
          `HostKeyAlias=[127.0.0.1]:${plain.port}`,
        ]),
        ["-H", "127.0.0.1", "-p", `${closing}`],
        ...configs.flatMap((file) => [["-F", file, "-H", "target1"]]),
        ["-H", "127.0.0.1", "-p", `${nobody}`],
        ["-H", "no.such.host.invalid"],
        ["-6", "-H", "localhost", "-p", `${nobody}`],
        ["-H", "255.255.255.255"],
      ];
      logins = [
        ...Array.from({ length: 8 }, () => ["-i", plain.identity, "-l", user]),
        ["-i", plain.identity],
        ["-i", rsa, "-u", user, "-i", plain.identity],
        ["-i", rsa],
        ["-i", rsa, "-l", user],
        ["-i", locked, "-o", `User=${user}`],
        ["-i", locked, "-i", plain.identity],
        ["-i", `${folder.path}/not-there`],
        ["-i", plain.identity, "-l", "no-such-user"],
        ["-l", user, "-l", "no-such-user", "-i", plain.identity],
      ];
    }, SETTING_UP_MS);

    afterAll(async () => {
      report.print();
      await odd.disposeAsync();
      for (const each of servers) await each[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    });

    async function expectSame(lines: Iterable<readonly string[]>, isKept: boolean) {
      const compared = await compareWithPlugin(checkBySsh, plugin ?? "", lines, {
        rules: [LOST],
        settings: new Map([[NATIVE_SSH_KEEPALIVE, isKept]]),
        atOnce: 4,
        report,
      });
      expect(compared.differences).toEqual([]);
      return compared;
    }

    const timeout = 60_000 + 400 * RUNS;

    it.each([
      { how: "with a login a check", isKept: false, part: 0.5 },
      { how: "over connections that are kept", isKept: true, part: 0.2 },
    ])("word for word, $how", { timeout }, async ({ isKept, part }) => {
      const count = share(part);
      const lines = randomLines([places, logins, trusts, ...OPTIONS], {
        count,
        seed: isKept ? SEED + 1 : SEED,
      });
      const { executed, declined } = await expectSame(lines, isKept);
      expect(executed).toBeLessThan(count / 20);
      // Half of the servers, keys and known_hosts above are such that ssh warns, asks or writes.
      expect(declined.length).toBeLessThan(count / 1.6);
    });

    it.each([
      { how: "with a login a check", isKept: false, part: 0.2 },
      { how: "over connections that are kept", isKept: true, part: 0.1 },
    ])("as configurations have them, $how", { timeout }, async ({ isKept, part }) => {
      const macros = {
        HOST: ["127.0.0.1"],
        PORT: servers.slice(0, 8).map(({ port }) => String(port)),
        USER: [user],
        KEY: [servers[0]?.identity ?? ""],
      };
      const lines = realLines(BY_SSH_FORMS, macros, { count: share(part) });
      await expectSame(withCommands(lines), isKept);
    });

    function* withCommands(lines: Iterable<readonly string[]>): Generator<readonly string[]> {
      const commands = randomLines([given("-C", REAL_COMMANDS)], { count: RUNS });
      for (const line of lines) {
        yield [...line, "-o", `UserKnownHostsFile=${known}`, ...(commands.next().value ?? [])];
      }
    }
  },
);
