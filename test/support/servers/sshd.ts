import type { ChildProcess } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { freePort } from "../free-port.ts";
import { canConnect, endDaemon, spawnDaemon, untilReady } from "./daemon.ts";

export interface SshdOptions {
  readonly port?: number;
  /** Where it listens; otherwise 127.0.0.1. */
  readonly address?: string;
  /** More lines of sshd_config. Of several lines with the same keyword, sshd uses the first. */
  readonly config?: readonly string[];
}

/** A folder with keys, made for a test and removed with it. */
export class SshFolder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), "omd-worker-ssh-"));

  file(name: string, text: string, mode = 0o600): string {
    const path = join(this.path, name);
    writeFileSync(path, text, "latin1");
    chmodSync(path, mode);
    return path;
  }

  /** Makes a key pair. Returns the path of the private key. */
  async key(name: string, words: readonly string[] = ["-t", "ed25519"], passphrase = ""): Promise<string> {
    const path = join(this.path, name);
    await execa("ssh-keygen", ["-q", ...words, "-N", passphrase, "-C", name, "-f", path]);
    return path;
  }

  read(name: string): string {
    return readFileSync(join(this.path, name), "latin1");
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** To make an RSA key takes a quarter of a second of CPU. The servers of a test file have the same one. */
let rsaKey: Promise<SshFolder> | undefined;

async function copyRsaKey(folder: SshFolder): Promise<void> {
  rsaKey ??= makeRsaKey();
  const made = await rsaKey;
  for (const name of ["host_rsa", "host_rsa.pub"]) folder.file(name, made.read(name));
}

async function makeRsaKey(): Promise<SshFolder> {
  const folder = new SshFolder();
  process.once("exit", () => folder[Symbol.dispose]());
  await folder.key("host_rsa", ["-t", "rsa", "-b", "2048"]);
  return folder;
}

const HOST = "127.0.0.1";
/** The folder for sshd's unprivileged process. sshd does not start without it. */
const PRIVILEGE_SEPARATION = "/run/sshd";

/**
 * Debian's sshd for one test. It has a host key of each usual kind (`host_ed25519`, `host_ecdsa`, `host_rsa`)
 * and a key that may log in as the user of this process (`user_ed25519`).
 */
export class Sshd implements AsyncDisposable {
  readonly host = HOST;
  readonly port: number;
  readonly folder: SshFolder;
  readonly user = userInfo().username;
  readonly log: string[] = [];
  readonly #config: string;
  #child: ChildProcess | undefined;

  private constructor(folder: SshFolder, port: number, config: string) {
    this.folder = folder;
    this.port = port;
    this.#config = config;
  }

  static async start({ port, address = HOST, config = [] }: SshdOptions = {}): Promise<Sshd> {
    const folder = new SshFolder();
    const listens = port ?? (await freePort());
    await Promise.all([
      folder.key("host_ed25519"),
      folder.key("host_ecdsa", ["-t", "ecdsa"]),
      copyRsaKey(folder),
      folder.key("user_ed25519"),
    ]);
    const authorized = folder.file("authorized_keys", folder.read("user_ed25519.pub"));
    const lines = [
      ...config,
      `Port ${listens}`,
      `ListenAddress ${address}`,
      ...["host_ed25519", "host_ecdsa", "host_rsa"].map((name) => `HostKey ${join(folder.path, name)}`),
      `AuthorizedKeysFile ${authorized}`,
      // bash reads ~/.bashrc before a command of ssh. That of this machine must not change a test.
      `SetEnv HOME=${folder.path}`,
      "PermitRootLogin prohibit-password",
      "PasswordAuthentication no",
      "KbdInteractiveAuthentication no",
      "StrictModes no",
      "UsePAM no",
      "PidFile none",
      "MaxStartups 100:30:200",
      "LogLevel VERBOSE",
    ];
    const sshd = new Sshd(folder, listens, folder.file("sshd_config", `${lines.join("\n")}\n`));
    await sshd.restart();
    return sshd;
  }

  /** The private key that may log in. */
  get identity(): string {
    return join(this.folder.path, "user_ed25519");
  }

  /** A line of known_hosts for this server. */
  knownHost(key = "host_ed25519", name = `[${HOST}]:${this.port}`): string {
    return `${name} ${this.folder.read(`${key}.pub`)}`;
  }

  /** The number of logins so far. */
  get logins(): number {
    return this.log.join("").split("Accepted publickey").length - 1;
  }

  /**
   * Stops the listening process and starts a new one. Open connections stay open, as after a restart of the
   * service.
   */
  async restart(): Promise<void> {
    await this.stop();
    mkdirSync(PRIVILEGE_SEPARATION, { recursive: true, mode: 0o755 });
    const child = spawnDaemon("/usr/sbin/sshd", ["-D", "-e", "-f", this.#config], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.#child = child;
    child.stderr?.setEncoding("latin1").on("data", (text: string) => this.log.push(text));
    await untilReady(child, () => canConnect(this.port)).catch((cause: unknown) => {
      throw new Error(`sshd does not start: ${this.log.join("")}`, { cause });
    });
  }

  /** Ends the listening process alone. Connections that are open stay open. */
  async stopListening(): Promise<void> {
    if (this.#child !== undefined) await endDaemon(this.#child, "SIGTERM");
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child !== undefined) await endDaemon(child, "SIGTERM", "close");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    this.folder[Symbol.dispose]();
  }
}
