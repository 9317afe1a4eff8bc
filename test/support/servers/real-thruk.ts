import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { at, listOf, numberOf } from "../../../integrations/backends/json.ts";

interface Target {
  readonly host: string;
  readonly service?: string | undefined;
}

/**
 * A Thruk that somebody has started, with a core that has the host `dummy_fkt_tests` and its service
 * `Größe & Platte/2` and checks neither by itself: test/fixtures/thruk. No package of Debian has one. The
 * variable `THRUK` names a file with the words of `monitoring=` for it: `thruk URL key_file=FILE`.
 */
export class RealThruk {
  readonly monitoring: string;
  readonly #root: string;
  readonly #key: string;

  /** Undefined: there is none. */
  static find(): RealThruk | undefined {
    const file = process.env["THRUK"] ?? "";
    return file === "" ? undefined : new RealThruk(readFileSync(file, "utf8").trim());
  }

  private constructor(monitoring: string) {
    this.monitoring = monitoring;
    const [, url = "", keyFile = ""] = /^thruk (\S+) key_file=(\S+)$/.exec(monitoring) ?? [];
    this.#root = `${url}/r`;
    this.#key = readFileSync(keyFile, "utf8").trim();
  }

  async rows(table: string, columns: string): Promise<readonly unknown[]> {
    return listOf(await this.#ask("GET", `/${table}?columns=${columns}`));
  }

  /** As somebody does in Thruk's own pages. */
  async command(cmd: string, { host, service }: Target, words: Readonly<Record<string, unknown>> = {}) {
    const body = { cmd, host, ...(service !== undefined && { service }), ...words };
    return await this.#ask("POST", "/cmd", body);
  }

  /** Well first, so that it is a problem of its own. */
  async break({ host, service }: Target): Promise<void> {
    const isService = service !== undefined;
    const path = isService
      ? `services/${encodeURIComponent(host)}/${encodeURIComponent(service)}`
      : `hosts/${host}`;
    for (const state of [0, isService ? 2 : 1]) {
      const words = { plugin_state: state, plugin_output: "said by a test" };
      const kind = isService ? "service" : "host";
      // Cores drop a result that is older than the last one, and the time of a command is a whole second.
      const tryOnce = async () => {
        await this.command(`process_${kind}_check_result`, { host, service }, words);
        const [row] = await this.rows(path, "state,plugin_output");
        return [numberOf(at(row, "state")), at(row, "plugin_output")];
      };
      await expect.poll(tryOnce, { timeout: 10_000, interval: 300 }).toEqual([state, "said by a test"]);
    }
  }

  async #ask(method: string, path: string, body?: unknown): Promise<unknown> {
    const headers = { "x-thruk-auth-key": this.#key, connection: "close" };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const type = body === undefined ? {} : { "content-type": "application/json" };
    const reply = await fetch(this.#root + path, { method, headers: { ...headers, ...type }, ...sent });
    return await reply.json();
  }
}
