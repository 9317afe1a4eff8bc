import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { constants, mkdtempSync, openSync, rmSync } from "node:fs";
import { Socket } from "node:net";
import { constants as osConstants, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import type { ByteString } from "../../../src/byte-string.ts";
import { createWarmPlugins, type WarmPlugin } from "../../../src/executor/interpreters/warm-plugin.ts";

const PLUGINS = join(import.meta.dirname, "../../fixtures/warm");
const TEMPLATES = join(import.meta.dirname, "../../../src/executor/interpreters/templates");
/** No request has this number, however many there are. */
const TEMPLATE_ID = "0";

/** How a check has ended, and what it has printed. */
export interface Ended {
  readonly returnCode: number;
  readonly stdout: ByteString;
  readonly stderr: ByteString;
}

const find = createWarmPlugins({
  perl: "implicitly",
  python: "implicitly",
  path: process.env["PATH"] ?? "",
  include: ["*"],
  except: [],
  load: [],
});

const ARGUMENTS = {
  perl: ({ switches, file, load }: WarmPlugin) => [
    ...switches,
    `-I${TEMPLATES}/perl/`,
    `-MOmdWarm=${[TEMPLATE_ID, ...load].join(",")}`,
    file,
  ],
  python: ({ switches, file, load }: WarmPlugin) => [
    ...switches,
    join(TEMPLATES, "python/warm.py"),
    [TEMPLATE_ID, ...load].join(","),
    file,
  ],
};

export type Template = Awaited<ReturnType<typeof openTemplate>>;

/** Starts the template process of a plugin, and speaks its protocol. `told` has all that it tells. */
export async function openTemplate(file: string) {
  const plugin = find(file);
  if (plugin === undefined) throw new Error(`${file} does not qualify`);
  const directory = mkdtempSync(join(tmpdir(), "template-"));
  const makePipe = (name: string) => {
    const path = join(directory, name);
    spawnSync("mkfifo", [path]);
    return path;
  };
  const statusFd = openSync(makePipe("status"), constants.O_RDWR | constants.O_NONBLOCK);
  const child = spawn(plugin.interpreter, ARGUMENTS[plugin.language](plugin), {
    stdio: ["pipe", statusFd, "pipe"],
  });
  const { stdin } = child;
  if (stdin === null || child.stderr === null) throw new Error("spawn gives what stdio asks for");
  const exited = once(child, "exit");
  const stderr = text(child.stderr);
  const status = new Socket({ fd: statusFd, readable: true, writable: false });
  const told: string[] = [];
  let news = Promise.withResolvers<void>();
  createInterface({ input: status }).on("line", (line) => {
    told.push(line);
    news.resolve();
    news = Promise.withResolvers();
  });
  void exited.then(() => news.resolve());

  /** Waits until a line for this id has this form. */
  const hear = async (id: number | string, form: RegExp): Promise<string> => {
    for (;;) {
      const words = told.map((line) => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)]);
      const found = words.find(([of, word = ""]) => of === String(id) && form.test(word))?.[1];
      if (found !== undefined) return found;
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`ended; told ${told.join(", ")}`);
      await news.promise;
    }
  };
  let requests = 0;
  /** Sends a request. `ended` resolves when its output is complete and its return code was told. */
  const request = (words: readonly ByteString[], env: readonly ByteString[] = [], { isRead = true } = {}) => {
    requests += 1;
    const id = requests;
    const pipes = [makePipe(`${id}o`), makePipe(`${id}e`)];
    const outputs = isRead ? pipes.map(readPipe) : [];
    const fields = [String(id), ...pipes, String(env.length), ...env, ...words];
    stdin.write(`${fields.map(escaped).join("\t")}\n`, "latin1");
    const end = async (): Promise<Ended> => {
      const returnCode = Number(await hear(id, /^\d+$/));
      const [stdout = "", stderr = ""] = await Promise.all(outputs.map(({ content }) => content));
      return { returnCode, stdout, stderr };
    };
    /** To be called for a request that was not run, or whose output does not matter. */
    const forget = () => {
      for (const { socket, content } of outputs) {
        content.catch(() => {});
        socket.destroy();
      }
    };
    return { id, end, forget };
  };
  return {
    told,
    /** Ends the requests. */
    close: () => void stdin.end(),
    hear,
    request,
    /** What the template tells about itself. */
    begun: () => hear(TEMPLATE_ID, /^(?:ready|-.*)$/),
    run: (words: readonly ByteString[], env?: readonly ByteString[]) => request(words, env).end(),
    exited,
    stderr,
    async [Symbol.asyncDispose]() {
      stdin.end();
      await exited;
      status.destroy();
      rmSync(directory, { recursive: true });
    },
  };
}

/** The path of a plugin of the fixtures. */
export function fixture(name: string): string {
  return join(PLUGINS, name);
}

/** Runs a plugin without a template. Node passes words as UTF-8, so they must be UTF-8. */
export function runPlain(
  file: ByteString,
  words: readonly ByteString[],
  env: readonly ByteString[] = [],
): Ended {
  const additions = env.map((each) => [
    each.slice(0, each.indexOf("=")),
    utf8(each.slice(each.indexOf("=") + 1)),
  ]);
  const ended = spawnSync(file, words.map(utf8), {
    stdio: ["ignore", "pipe", "pipe"],
    encoding: "latin1",
    maxBuffer: 10_000_000,
    env: { ...process.env, ...Object.fromEntries(additions) },
  });
  const signal = ended.signal === null ? 0 : osConstants.signals[ended.signal];
  return { returnCode: ended.status ?? 128 + signal, stdout: ended.stdout, stderr: ended.stderr };
}

function utf8(bytes: ByteString): string {
  return Buffer.from(bytes, "latin1").toString();
}

function readPipe(path: string) {
  const socket = new Socket({
    fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK),
    readable: true,
    writable: false,
  });
  socket.setEncoding("latin1");
  return { socket, content: text(socket) };
}

const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };

function escaped(field: ByteString): ByteString {
  return field.replace(/[\\\t\n\r]/g, (character) => ESCAPES[character] ?? character);
}
