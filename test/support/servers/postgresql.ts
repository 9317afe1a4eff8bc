import type { ChildProcess } from "node:child_process";
import { chmodSync, chownSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { freePort } from "../free-port.ts";
import { childrenOf, untilEnded } from "../processes/children.ts";
import { standStill } from "../processes/stand-still.ts";
import { createCertificate, inDays } from "./certificates.ts";
import { canConnect, endDaemon, spawnDaemon, untilReady } from "./daemon.ts";

export interface PostgresqlOptions {
  /** Whether it accepts TLS. The default is no. */
  readonly tls?: boolean;
  /** More lines of postgresql.conf. */
  readonly config?: readonly string[];
  /** Lines of pg_hba.conf that come first. */
  readonly hba?: readonly string[];
  /** SQL that is run once, as the superuser. */
  readonly sql?: readonly string[];
}

/** PostgreSQL does not run as root. */
export interface Owner {
  readonly uid?: number;
  readonly gid?: number;
}

const VERSIONS = "/usr/lib/postgresql";

/**
 * Debian's PostgreSQL for one test: a cluster of its own with the database `monitor`, on a port of 127.0.0.1
 * and a Unix socket in `folder`. The user `postgres` logs in with the password `pgsecret`.
 */
export class Postgresql implements AsyncDisposable {
  readonly host = "127.0.0.1";
  readonly user = "postgres";
  readonly password = "pgsecret";
  readonly port: number;
  /** Holds the socket. */
  readonly folder: string;
  readonly #owner: Owner;
  #child: ChildProcess | undefined;

  private constructor(folder: string, port: number, owner: Owner) {
    this.folder = folder;
    this.port = port;
    this.#owner = owner;
  }

  static async start(options: PostgresqlOptions = {}): Promise<Postgresql> {
    const owner = await findOwner();
    const folder = mkdtempSync(join(tmpdir(), "omd-worker-pgsql-"));
    // Whoever runs a test may connect to the socket.
    chmodSync(folder, 0o755);
    const server = new Postgresql(folder, await freePort(), owner);
    server.#give(folder);
    await server.#create(options);
    await server.restart();
    return server;
  }

  /** The words of check_pgsql for this server, without a password. */
  get words(): readonly string[] {
    return ["-H", this.host, "-P", String(this.port), "-l", this.user];
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  async restart(): Promise<void> {
    await this.stop();
    const child = spawnDaemon(program("postgres"), ["-D", join(this.folder, "data")], {
      ...this.#owner,
      stdio: ["ignore", "ignore", "ignore"],
      atExit: "SIGQUIT",
    });
    this.#child = child;
    await untilReady(child, () => canConnect(this.port));
    await untilReady(child, () => this.sql("SELECT 1"));
  }

  /** Ends all sessions at once, as a crash does. */
  async stop(signal: NodeJS.Signals = "SIGINT"): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined) return;
    if (signal === "SIGKILL") await kill(child);
    else await endDaemon(child, signal);
  }

  /** Runs a command as the superuser. Returns what psql prints. */
  async sql(command: string, database = "template1"): Promise<string> {
    const words = ["-h", this.folder, "-p", String(this.port), "-U", this.user, "-d", database];
    const env = { PGPASSWORD: this.password };
    const { stdout } = await execa(program("psql"), ["-XAtq", ...words, "-c", command], {
      env,
      stdin: "ignore",
    });
    return stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop("SIGQUIT");
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #create({ tls = false, config = [], hba = [], sql = [] }: PostgresqlOptions): Promise<void> {
    const data = join(this.folder, "data");
    const pwfile = this.#file("password", this.password);
    await execa(
      program("initdb"),
      [
        "-D",
        data,
        "-U",
        this.user,
        `--pwfile=${pwfile}`,
        "-A",
        "scram-sha-256",
        "-E",
        "UTF8",
        "--locale=C",
        "-N",
      ],
      { ...this.#owner, cwd: this.folder, stdin: "ignore" },
    );
    this.#append("data/postgresql.conf", [...this.#settings(tls), ...config]);
    const path = join(data, "pg_hba.conf");
    writeFileSync(path, [...hba, readFileSync(path, "utf8")].join("\n"));
    const commands = ["CREATE DATABASE monitor", ...sql].map((each) => `${each};\n\n`).join("");
    const input = { ...this.#owner, cwd: this.folder, input: commands };
    await execa(program("postgres"), ["--single", "-j", "-D", data, "postgres"], input);
  }

  #settings(tls: boolean): readonly string[] {
    const basics = [
      "listen_addresses = '127.0.0.1'",
      `port = ${this.port}`,
      `unix_socket_directories = '${this.folder}'`,
      "fsync = off",
    ];
    if (!tls) return basics;
    const { key, cert } = createCertificate({ commonNames: ["localhost"], notAfter: inDays(30) });
    const files = { ssl_key_file: this.#file("key.pem", key), ssl_cert_file: this.#file("cert.pem", cert) };
    return [...basics, "ssl = on", ...Object.entries(files).map(([name, path]) => `${name} = '${path}'`)];
  }

  #file(name: string, text: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    this.#give(path);
    return path;
  }

  #append(name: string, lines: readonly string[]): void {
    writeFileSync(join(this.folder, name), `${lines.join("\n")}\n`, { flag: "a" });
  }

  #give(path: string): void {
    const { uid, gid } = this.#owner;
    if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
  }
}

/**
 * Its processes find out that the first one is gone, and end by themselves. As long as one of them is there,
 * another server refuses to start: the memory that they share is still in use.
 */
async function kill(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid === undefined) return;
  await standStill(pid);
  const processes = childrenOf(pid);
  await endDaemon(child, "SIGKILL");
  await untilEnded(processes);
}

export async function findOwner(): Promise<Owner> {
  if (process.getuid?.() !== 0) return {};
  const idOf = async (option: string) => Number((await execa("id", [option, "postgres"])).stdout);
  return { uid: await idOf("-u"), gid: await idOf("-g") };
}

/** A program of the newest version that is installed. */
export function program(name: string): string {
  const newest = Math.max(...readdirSync(VERSIONS).map(Number));
  return join(VERSIONS, String(newest), "bin", name);
}
