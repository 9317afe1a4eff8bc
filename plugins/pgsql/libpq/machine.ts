import { access } from "node:fs/promises";
import { CheckDeclined } from "../../../sdk/index.ts";
import { readAccount } from "../../transport/account.ts";
import { findLibrary } from "../../transport/databases/libraries.ts";
import type { Surroundings } from "./parameters.ts";
import type { Target } from "./target.ts";

/** What was found out about this machine, for a few seconds. */
interface Findings {
  readonly until: number;
  readonly surroundings: Surroundings;
  readonly isKnownLibpq: Promise<boolean>;
  readonly hasOwnCertificates: Promise<boolean>;
  readonly hasKerberos: Promise<boolean>;
  /** What was made of a command line and these surroundings. */
  readonly targets: WeakMap<object, Target>;
}

const KEPT_MS = 5_000;
/** libpq of PostgreSQL 15, whose wording this family has. */
const KNOWN_LIBPQ = /\/libpq\.so\.5\.15$/;

/** The files and variables of this machine that decide what libpq does and says. */
export class Machine implements Disposable {
  #findings: Findings | undefined;

  get surroundings(): Surroundings {
    return this.#look().surroundings;
  }

  /** Declines if the words of libpq may be others here than those of PostgreSQL 15. */
  async requireKnownWording(): Promise<void> {
    if (!(await this.#look().isKnownLibpq)) throw new CheckDeclined("another version of libpq");
  }

  /** Declines if libpq would use certificates of its user, which change what it accepts of a server. */
  async requireNoCertificates(): Promise<void> {
    if (await this.#look().hasOwnCertificates) throw new CheckDeclined("certificates of libpq's user");
  }

  /** Declines if there may be tickets of Kerberos, which libpq tries to use. */
  async requireNoKerberos(): Promise<void> {
    if (await this.#look().hasKerberos) throw new CheckDeclined("there may be tickets of Kerberos");
  }

  /** What a command line connects to, if that was found out in the last seconds. */
  knownTarget(line: object): Target | undefined {
    return this.#look().targets.get(line);
  }

  /** Keeps what a command line connects to for some seconds. */
  keepTarget(line: object, target: Target): void {
    this.#look().targets.set(line, target);
  }

  [Symbol.dispose](): void {
    this.#findings = undefined;
  }

  #look(): Findings {
    const now = performance.now();
    if (this.#findings !== undefined && now < this.#findings.until) return this.#findings;
    const surroundings = readSurroundings();
    const folder = `${surroundings.home}/.postgresql`;
    const names = ["root.crt", "root.crl", "postgresql.crt"];
    const findings = {
      until: now + KEPT_MS,
      surroundings,
      isKnownLibpq: isKnownLibpq(),
      hasOwnCertificates: isAnyThere(names.map((name) => `${folder}/${name}`)),
      hasKerberos: hasKerberos(),
      targets: new WeakMap(),
    };
    this.#findings = findings;
    return findings;
  }
}

function readSurroundings(): Surroundings {
  const { username, homedir } = readAccount();
  return { environment: { ...process.env }, home: process.env["HOME"] || homedir, user: username };
}

/** True if there is no libpq: no plugin can say anything else then. */
async function isKnownLibpq(): Promise<boolean> {
  return (await findLibrary("libpq.so.5")).every((path) => KNOWN_LIBPQ.test(path));
}

async function hasKerberos(): Promise<boolean> {
  const isNamed = ["KRB5CCNAME", "KRB5_CONFIG", "KRB5_CLIENT_KTNAME"].some(
    (name) => process.env[name] !== undefined,
  );
  return isNamed || (await isAnyThere(["/etc/krb5.conf", `/tmp/krb5cc_${process.geteuid?.()}`]));
}

async function isAnyThere(paths: readonly string[]): Promise<boolean> {
  const found = paths.map((path) => access(path).then(() => true, isUnsure));
  return (await Promise.all(found)).includes(true);
}

/** A file that cannot be looked at may be there. */
function isUnsure(error: { readonly code?: string }): boolean {
  return error.code !== "ENOENT" && error.code !== "ENOTDIR";
}
