import type { ChildProcess } from "node:child_process";
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { freePort } from "../free-port.ts";
import { createCertificate, inDays } from "./certificates.ts";
import { endDaemon, spawnDaemon, untilReady } from "./daemon.ts";

export interface MariadbOptions {
  /** Whether it accepts TLS. The default is no. */
  readonly tls?: boolean;
  /** More lines of the section `[mysqld]`. */
  readonly config?: readonly string[];
  /** SQL that is run once, as the superuser. */
  readonly sql?: readonly string[];
}

/** MariaDB does not run as root. */
interface Owner {
  readonly uid?: number;
  readonly gid?: number;
}

const USERS = ["localhost", "127.0.0.1"].flatMap((host) => [
  `CREATE USER mon@'${host}' IDENTIFIED BY 'mysecret'`,
  `GRANT ALL ON *.* TO mon@'${host}' WITH GRANT OPTION`,
]);
const TABLE = [
  "CREATE DATABASE t",
  "CREATE TABLE t.x (a INT, b VARCHAR(20))",
  "INSERT INTO t.x VALUES (1, 'one'), (2, 'two')",
];

/**
 * Debian's MariaDB for one test: databases of its own, with the table `t.x`, on a port of 127.0.0.1 and a
 * Unix socket. The user `mon` logs in with the password `mysecret`.
 */
export class Mariadb implements AsyncDisposable {
  readonly host = "127.0.0.1";
  readonly user = "mon";
  readonly password = "mysecret";
  readonly port: number;
  readonly folder: string;
  readonly socket: string;
  readonly #owner: Owner;
  #child: ChildProcess | undefined;

  private constructor(folder: string, port: number, owner: Owner) {
    this.folder = folder;
    this.socket = join(folder, "s.sock");
    this.port = port;
    this.#owner = owner;
  }

  static async start(options: MariadbOptions = {}): Promise<Mariadb> {
    const owner = await findOwner();
    const folder = mkdtempSync(join(tmpdir(), "omd-worker-mysql-"));
    // Whoever runs a test may connect to the socket.
    chmodSync(folder, 0o755);
    const server = new Mariadb(folder, await freePort(), owner);
    server.#give(folder);
    await server.#create(options);
    await server.restart();
    for (const command of [...TABLE, ...USERS, ...(options.sql ?? [])]) await server.sql(command);
    return server;
  }

  /** The words of the plugins for this server, without a password. */
  get words(): readonly string[] {
    return ["-H", this.host, "-P", String(this.port), "-u", this.user];
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  async restart(): Promise<void> {
    await this.stop();
    const child = spawnDaemon("mariadbd", [`--defaults-file=${join(this.folder, "server.cnf")}`], {
      ...this.#owner,
      stdio: ["ignore", "ignore", "ignore"],
      atExit: "SIGKILL",
    });
    this.#child = child;
    await untilReady(child, () => this.sql("SELECT 1"));
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child !== undefined) await endDaemon(child, signal);
  }

  /** Runs a command as the superuser. Returns what the client prints. */
  async sql(command: string): Promise<string> {
    const words = ["--no-defaults", "-S", this.socket, "-u", "root", "-NB", "--delimiter=//", "-e", command];
    const { stdout } = await execa("mariadb", words, { stdin: "ignore" });
    return stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #create({ tls = false, config = [] }: MariadbOptions): Promise<void> {
    const data = join(this.folder, "data");
    const settings = [
      "[mysqld]",
      `datadir=${data}`,
      `socket=${this.socket}`,
      `port=${this.port}`,
      "bind-address=127.0.0.1",
      `pid-file=${join(this.folder, "pid")}`,
      "innodb-flush-log-at-trx-commit=0",
      ...this.#secure(tls),
      ...config,
    ];
    this.#file("server.cnf", `${settings.join("\n")}\n`);
    const words = ["--no-defaults", `--datadir=${data}`, "--auth-root-authentication-method=normal"];
    await execa("mariadb-install-db", [...words, "--skip-test-db"], {
      ...this.#owner,
      cwd: this.folder,
      stdin: "ignore",
    });
  }

  #secure(tls: boolean): readonly string[] {
    if (!tls) return [];
    const { key, cert } = createCertificate({ commonNames: ["localhost"], notAfter: inDays(30) });
    return [`ssl-key=${this.#file("key.pem", key)}`, `ssl-cert=${this.#file("cert.pem", cert)}`];
  }

  #file(name: string, text: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    this.#give(path);
    return path;
  }

  #give(path: string): void {
    const { uid, gid } = this.#owner;
    if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
  }
}

async function findOwner(): Promise<Owner> {
  if (process.getuid?.() !== 0) return {};
  const idOf = async (option: string) => Number((await execa("id", [option, "mysql"])).stdout);
  return { uid: await idOf("-u"), gid: await idOf("-g") };
}
