import { readFileSync } from "node:fs";
import { execa } from "execa";

const { IMAGE_RUNNER = "podman", IMAGE_PREFIX = "", IMAGE_TAG = "", IMAGE_TARGETS = "" } = process.env;

/** The target that is no worker. */
export const INTEGRATIONS = "integrations";

/** As a pod under the restricted profile, in half a core. */
const HARDENED = [
  ...["--read-only", "--tmpfs", "/tmp:rw,size=64m"],
  ...["--cap-drop", "ALL", "--security-opt", "no-new-privileges"],
  ...["--memory", "256m", "--memory-swap", "256m", "--cpus", ".5", "--pids-limit", "1024"],
];

export interface RunOptions {
  /** Words for the runner, as `--user 5:0`. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Words for the program of the image. */
  readonly words?: readonly string[];
}

export interface Ended {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

const named = IMAGE_TARGETS.split(" ").filter((word) => word !== "");

/** Whether the image of this target is to be tested. */
export function isWanted(target: string): boolean {
  return named.length === 0 || named.includes(target);
}

export function imageName(target: string): string {
  const name = target === INTEGRATIONS ? "omd-integrations" : `omd-${target}-worker`;
  return `${IMAGE_PREFIX}${name}:${IMAGE_TAG}`;
}

/** A command of docker or podman. */
export async function runner(...words: readonly string[]): Promise<Ended> {
  const [file = "", ...first] = IMAGE_RUNNER.split(" ");
  const { exitCode, stdout, stderr } = await execa(file, [...first, ...words], {
    reject: false,
    stdin: "ignore",
  });
  return { exitCode, stdout, stderr };
}

/** As runners call it: amd64, arm64. */
export async function processorOf(target: string): Promise<string> {
  return (await runner("inspect", "--format", "{{.Architecture}}", imageName(target))).stdout;
}

/** The processor of an image that this machine's processor is not; undefined if they are one. */
export async function emulatedPlatform(target: string): Promise<string | undefined> {
  const processor = await processorOf(target);
  return processor === (process.arch === "x64" ? "amd64" : process.arch) ? undefined : processor;
}

async function runWords(
  target: string,
  { flags = [], env = {}, words = [] }: RunOptions,
): Promise<readonly string[]> {
  const variables = Object.entries(env).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
  const processor = await emulatedPlatform(target);
  // Unless it is named, the runner warns of an image for another processor.
  const platform = processor === undefined ? [] : ["--platform", `linux/${processor}`];
  const start = flags.includes("--entrypoint") || processor === undefined ? PLAIN : EMULATED;
  const allFlags = [...HARDENED, ...platform, ...variables, ...flags, ...start.flags];
  return [...allFlags, imageName(target), ...start.words, ...words];
}

const PLAIN = { flags: [], words: [] };
/** QEMU does not know what `tini -s` asks the kernel for, and as process 1 tini needs no -s. */
const EMULATED = { flags: ["--entrypoint", "/usr/bin/tini"], words: ["--", "omd-worker"] };

/** Runs a container to its end. */
export async function runToEnd(target: string, options: RunOptions): Promise<Ended> {
  return await runner("run", "--rm", ...(await runWords(target, options)));
}

let count = 0;

/** A container that runs until it is disposed of. */
export class Container implements AsyncDisposable {
  readonly #name: string;

  private constructor(name: string) {
    this.#name = name;
  }

  static async start(target: string, options: RunOptions): Promise<Container> {
    count += 1;
    const container = new Container(`omd-acceptance-${process.pid}-${count}`);
    const { exitCode, stderr } = await runner(
      ...["run", "--detach", "--name", container.#name],
      ...(await runWords(target, options)),
    );
    if (exitCode !== 0) {
      await container[Symbol.asyncDispose]();
      throw new Error(`${target} does not start: ${stderr}`);
    }
    return container;
  }

  async logs(): Promise<string> {
    const { stdout, stderr } = await runner("logs", this.#name);
    return `${stdout}\n${stderr}`;
  }

  /** Runs a program in it, beside the first one. */
  async exec(...words: readonly string[]): Promise<Ended> {
    return await runner("exec", this.#name, ...words);
  }

  /** Sends TERM. Resolves to the exit code when it has ended. */
  async stop(): Promise<number> {
    await runner("stop", "--time", "60", this.#name);
    return Number(await this.#inspect("{{.State.ExitCode}}"));
  }

  /** The id of its first process, outside. */
  async pid(): Promise<number> {
    return Number(await this.#inspect("{{.State.Pid}}"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await runner("rm", "--force", this.#name);
  }

  async #inspect(format: string): Promise<string> {
    return (await runner("inspect", "--format", format, this.#name)).stdout.trim();
  }
}

const TICKS_A_SECOND = 100;
const NAME_END = ") ";
/** Of the fields behind the name. */
const START_TIME = 19;

/** For how many seconds a process has run, to a hundredth. */
export function ageOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const started = stat.slice(stat.lastIndexOf(NAME_END) + NAME_END.length).split(" ")[START_TIME];
  const uptime = Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]);
  return uptime - Number(started) / TICKS_A_SECOND;
}
