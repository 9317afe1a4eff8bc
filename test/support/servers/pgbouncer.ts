import type { ChildProcess } from "node:child_process";
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { freePort } from "../free-port.ts";
import { canConnect, endDaemon, spawnDaemon, untilReady } from "./daemon.ts";
import { findOwner, type Postgresql, program } from "./postgresql.ts";

/** How a pool shares its connections to the server: one line of `[databases]` each, with this name. */
export const POOL_MODES = ["session", "transaction", "statement"] as const;

/**
 * Debian's pgbouncer for one test, on a port of 127.0.0.1, in front of a PostgreSQL. Its databases are named
 * for their pool modes, and are all `monitor` of the server. The server's user logs in with its password.
 */
export class Pgbouncer implements AsyncDisposable {
  readonly port: number;
  readonly #server: Postgresql;
  readonly #folder: string;
  readonly #child: ChildProcess;

  private constructor(server: Postgresql, folder: string, port: number, child: ChildProcess) {
    this.#server = server;
    this.#folder = folder;
    this.port = port;
    this.#child = child;
  }

  /** @param settings lines of `[pgbouncer]` */
  static async start(server: Postgresql, settings: readonly string[]): Promise<Pgbouncer> {
    const folder = mkdtempSync(join(tmpdir(), "omd-worker-pgbouncer-"));
    const port = await freePort();
    const users = join(folder, "users");
    const config = join(folder, "pgbouncer.ini");
    writeFileSync(users, `"${server.user}" "${server.password}"\n`);
    writeFileSync(config, configOf({ server, port, users, settings }));
    // Like PostgreSQL, it does not run as root.
    const owner = await findOwner();
    for (const path of [folder, users, config]) {
      if (owner.uid !== undefined && owner.gid !== undefined) chownSync(path, owner.uid, owner.gid);
    }
    chmodSync(folder, 0o755);
    const child = spawnDaemon("pgbouncer", ["-q", config], { ...owner, stdio: "ignore" });
    await untilReady(child, () => canConnect(port));
    return new Pgbouncer(server, folder, port, child);
  }

  /** The words of check_pgsql for this server, without a password. */
  get words(): readonly string[] {
    return ["-H", "127.0.0.1", "-P", String(this.port), "-l", this.#server.user];
  }

  /** Runs a query, or a command of the console such as `PAUSE`. Returns what psql prints. */
  async sql(command: string, database = "pgbouncer"): Promise<string> {
    const { user, password } = this.#server;
    const words = ["-h", "127.0.0.1", "-p", String(this.port), "-U", user, "-d", database];
    const { stdout } = await execa(program("psql"), ["-XAtq", ...words, "-c", command], {
      env: { PGPASSWORD: password },
      stdin: "ignore",
    });
    return stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await endDaemon(this.#child, "SIGTERM");
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

interface Config {
  readonly server: Postgresql;
  readonly port: number;
  readonly users: string;
  readonly settings: readonly string[];
}

function configOf({ server, port, users, settings }: Config): string {
  const place = `host=${server.host} port=${server.port} dbname=monitor`;
  return [
    "[databases]",
    ...POOL_MODES.map((mode) => `${mode} = ${place} pool_mode=${mode}`),
    "[pgbouncer]",
    "listen_addr = 127.0.0.1",
    `listen_port = ${port}`,
    "unix_socket_dir =",
    `auth_file = ${users}`,
    `admin_users = ${server.user}`,
    ...settings,
    "",
  ].join("\n");
}
