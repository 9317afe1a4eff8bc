import { readFile } from "node:fs/promises";
import { CheckDeclined } from "../../../sdk/index.ts";
import { readAccount } from "../../transport/account.ts";
import { findLibrary } from "../../transport/databases/libraries.ts";
import { type ClientOptions, type OptionSource, readClientOptions } from "./client-options.ts";
import type { Target } from "./target.ts";

/** What was found out about this machine, for a few seconds. */
interface Findings {
  readonly until: number;
  readonly user: string;
  readonly isKnownClient: Promise<boolean>;
  readonly options: Map<string, Promise<ClientOptions>>;
  /** What was made of a command line and these options. */
  readonly targets: WeakMap<object, Target>;
}

const KEPT_MS = 5_000;
/** The versions of libmariadb whose behaviour and wording this family has. */
const KNOWN_LIBMARIADB = /\0(?:3\.3\.[0-9]+)\0/;
/** Oracle's libraries, with which plugins may be linked elsewhere. */
const OTHERS = [18, 20, 21, 22, 23, 24].map((version) => `libmysqlclient.so.${version}`);

/** The files and variables of this machine that decide what libmariadb does and says. */
export class Machine implements Disposable {
  #findings: Findings | undefined;

  /** The name with which libmariadb logs in where no user is given. */
  get user(): string {
    return this.#look().user;
  }

  /** The password of the environment. */
  get password(): string | undefined {
    return process.env["MYSQL_PWD"];
  }

  /** What a command line connects to, if that was found out in the last seconds. */
  knownTarget(line: object): Target | undefined {
    return this.#look().targets.get(line);
  }

  /** Keeps what a command line connects to for some seconds. */
  keepTarget(line: object, target: Target): void {
    this.#look().targets.set(line, target);
  }

  /** What the option files say. Declines what only libmariadb follows. */
  readOptions(source: OptionSource): Promise<ClientOptions> {
    const { options } = this.#look();
    const name = JSON.stringify([source.file, source.group]);
    const known = options.get(name);
    if (known !== undefined) return known;
    const read = readClientOptions(source, process.env);
    read.catch(() => {});
    options.set(name, read);
    return read;
  }

  /** Declines if the plugins of this machine may use another library than libmariadb 3.3. */
  async requireKnownClient(): Promise<void> {
    if (!(await this.#look().isKnownClient)) throw new CheckDeclined("another library than libmariadb 3.3");
  }

  [Symbol.dispose](): void {
    this.#findings = undefined;
  }

  #look(): Findings {
    const now = performance.now();
    if (this.#findings !== undefined && now < this.#findings.until) return this.#findings;
    const user = process.geteuid?.() === 0 ? "root" : readAccount().username;
    const isKnownClient = findKnownClient();
    this.#findings = {
      until: now + KEPT_MS,
      user,
      isKnownClient,
      options: new Map(),
      targets: new WeakMap(),
    };
    return this.#findings;
  }
}

/** True if there is no library: no plugin can say anything else then. */
async function findKnownClient(): Promise<boolean> {
  const found = await Promise.all(["libmariadb.so.3", ...OTHERS].map(findLibrary));
  const known = await Promise.all([...new Set(found.flat())].map(isKnownLibrary));
  return known.every((isKnown) => isKnown);
}

async function isKnownLibrary(path: string): Promise<boolean> {
  if (!/\/libmariadb\.so\.3$/.test(path)) return false;
  const text = await readFile(path, "latin1").catch(() => "");
  return KNOWN_LIBMARIADB.test(text);
}
