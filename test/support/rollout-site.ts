import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { execa } from "execa";
import { toolPath } from "./fetched-tools.ts";
import { createFolder } from "./folder.ts";
import { KEEP_GARBAGE } from "./helm/template.ts";

export const EXAMPLE = resolve("examples/rollout");
const AUTHOR = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"];
const CHART = resolve("helm/omd-worker");

/**
 * A server's bare repository with the hooks of the example, and a clone of it with the example's files. What
 * would reach a cluster is only written down, and a satellite is a folder of this machine.
 */
export class RolloutSite implements Disposable {
  readonly #folder = createFolder();
  /** Of all programs, so of the hooks, too. */
  readonly env: Record<string, string>;

  /** With these programs as they are. The others do nothing, and find everything right. */
  static async create(...real: readonly ("helm" | "omd-worker")[]): Promise<RolloutSite> {
    const site = new RolloutSite();
    await site.git(".", "init", "--quiet", "--bare", "--initial-branch=main", "site.git");
    cpSync(join(EXAMPLE, "hooks"), site.at("site.git/hooks"), { recursive: true });
    site.#writePrograms(real);
    await site.git(".", "clone", "--quiet", "site.git", "site");
    cpSync(join(EXAMPLE, "site"), site.at("site"), { recursive: true });
    site.write("site.conf", `CHART=${CHART}\n`);
    writeFileSync(site.at("key"), "a-key-of-this-satellite\n");
    const conf = "satellites/dev/gw1.example.org.conf";
    site.write(conf, site.read(conf).replace(/^keyfile=.*$/m, `keyfile=${site.at("key")}`));
    return site;
  }

  private constructor() {
    const programs = { HELM: this.at("helm"), OMD_WORKER: this.at("omd-worker"), SSH: this.at("ssh") };
    // Hooks may not depend on the variables of who runs the tests.
    this.env = { ...programs, ...KEEP_GARBAGE, CHARTS: CHART, ZULIP_CONF: "", WORKER_USER: "the-worker" };
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]();
  }

  at(...names: readonly string[]): string {
    return join(this.#folder.path, ...names);
  }

  #writePrograms(real: readonly string[]): void {
    mkdirSync(this.at("etc"));
    mkdirSync(this.at("satellite"));
    const template = real.includes("helm") ? `exec '${toolPath("helm")}' "$@"` : "exit 0";
    const shown = 'cat "values/$3.yaml" | tail -n 1';
    this.program(
      "helm",
      `[ "$1" != template ] || { echo "$*" >>'${this.at("templates.log")}'; ${template}; }
       echo "$*" >>'${this.at("helm.log")}'; [ "$1" = test ] || ${shown} >>'${this.at("values.log")}'; [ ! -f '${this.at("broken")}' ]`,
    );
    const program = `exec '${process.execPath}' '${resolve("src/cli/omd-worker.ts")}' "$@"`;
    const worker = real.includes("omd-worker") ? program : "exit 0";
    this.program("omd-worker", worker);
    this.program("satellite/omd-worker", worker);
    this.program("satellite/runuser", `echo "$*" >>'${this.at("runuser.log")}'; shift 3; exec "$@"`);
    this.program(
      "ssh",
      `[ "$1" = -- ] || exit 1; echo "$2" >>'${this.at("ssh.log")}'
       PATH='${this.at("satellite")}':$PATH sh -c "$(printf '%s' "$3" | sed 's|/etc/omd-worker|${this.at("etc")}|g')"`,
    );
  }

  program(name: string, script: string): void {
    writeFileSync(this.at(name), `#!/bin/sh\n${script}\n`);
    chmodSync(this.at(name), 0o755);
  }

  git(folder: "." | "site" | "site.git", ...words: readonly string[]) {
    const options = { cwd: this.at(folder), env: this.env, reject: false, all: true } as const;
    return execa("git", [...AUTHOR, ...words], options);
  }

  /** Writes a file of the clone. */
  write(file: string, text: string): void {
    mkdirSync(dirname(this.at("site", file)), { recursive: true });
    writeFileSync(this.at("site", file), text);
  }

  append(file: string, text: string): void {
    this.write(file, this.read(file) + text);
  }

  read(file: string): string {
    return readFileSync(this.at("site", file), "utf8");
  }

  async commit(message: string): Promise<string> {
    await this.git("site", "add", "--all");
    await this.git("site", "commit", "--quiet", "--allow-empty", "--message", message);
    return await this.idOf("HEAD");
  }

  async idOf(commit: string): Promise<string> {
    const { stdout } = await this.git("site", "rev-parse", commit);
    return stdout;
  }

  /** Pushes references as `HEAD:main`. */
  push(...references: readonly string[]) {
    return this.git("site", "push", "--quiet", "origin", ...references);
  }

  /** Commits what there is, and pushes it to main. */
  async pushAll(message: string) {
    await this.commit(message);
    return await this.push("HEAD:main");
  }

  async promote(tag: string, commit = "HEAD") {
    await this.git("site", "tag", tag, commit);
    return await this.push(tag);
  }

  /** The lines that a program has written down. */
  log(name: "helm" | "ssh" | "templates" | "values" | "runuser"): readonly string[] {
    const path = this.at(`${name}.log`);
    return existsSync(path) ? readFileSync(path, "utf8").trim().split("\n") : [];
  }
}

/** The calls of helm that are a roll-out. */
export function rolloutCalls(stage: string): readonly string[] {
  const how = "--rollback-on-failure --wait --timeout 10m --history-max 10";
  return [
    `upgrade --install ${stage} --namespace omd-${stage} --values values/${stage}.yaml ${how} ${CHART}`,
    `test ${stage} --namespace omd-${stage}`,
  ];
}
