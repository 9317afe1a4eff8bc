import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { compare } from "bcryptjs";

/** `right` and `wrong` are about the request; `unreadable` is about the file of users. */
export type LoginVerdict = "right" | "wrong" | "unreadable";

/** After a wrong password the next one is looked at so much later: guessing must not keep the worker busy. */
const AFTER_WRONG_MS = 1_000;
/** Wrong passwords that may wait; more are refused unseen. */
const MAX_WAITING = 20;

/**
 * Basic authentication by bcrypt hashes, as `htpasswd -B` makes them. `source` is `user:hash`, or the path of
 * a file with one such line for each user; the file is read for each request, so a change counts at once. A
 * right password is remembered as a digest, since bcrypt is dear.
 */
export class Login {
  readonly #source: string;
  /** User → digest of the hash and the password that fit. */
  readonly #proved = new Map<string, string>();
  #queue: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(source: string) {
    this.#source = source;
  }

  /** `authorization` is the header of the request. */
  async check(authorization: string | undefined): Promise<LoginVerdict> {
    const given = readBasic(authorization);
    const users = await this.#users();
    if (users === undefined) return "unreadable";
    if (given === undefined) return "wrong";
    const hash = users.get(given.user);
    if (hash !== undefined && this.#proved.get(given.user) === digest(hash, given.password)) return "right";
    if (this.#waiting >= MAX_WAITING) return "wrong";
    return (await this.#proveInTurn(given, hash)) ? "right" : "wrong";
  }

  /** One at a time, and an unknown user takes as long as a wrong password. */
  async #proveInTurn({ user, password }: Basic, hash: string | undefined): Promise<boolean> {
    const before = this.#queue;
    const done = Promise.withResolvers<void>();
    this.#queue = done.promise;
    this.#waiting += 1;
    await before;
    try {
      const began = performance.now();
      const isRight = hash !== undefined && (await compare(password, hash).catch(() => false));
      if (isRight) this.#proved.set(user, digest(hash, password));
      else await pause(Math.max(0, began + AFTER_WRONG_MS - performance.now()), undefined, { ref: false });
      return isRight;
    } finally {
      this.#waiting -= 1;
      done.resolve();
    }
  }

  async #users(): Promise<ReadonlyMap<string, string> | undefined> {
    if (!this.#source.startsWith("/")) return readUsers(this.#source);
    const text = await readFile(this.#source, "utf8").catch(() => undefined);
    return text === undefined ? undefined : readUsers(text);
  }
}

interface Basic {
  readonly user: string;
  readonly password: string;
}

function readBasic(header = ""): Basic | undefined {
  const [, encoded] = /^Basic +([\w+/=-]+)$/i.exec(header) ?? [];
  const text = encoded === undefined ? "" : Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  return colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

function readUsers(text: string): ReadonlyMap<string, string> {
  const pairs = text.split("\n").map((line) => line.trim().split(":"));
  return new Map(pairs.flatMap(([user = "", hash]) => (hash ? [[user, hash] as const] : [])));
}

function digest(hash: string, password: string): string {
  return createHash("sha256").update(`${hash}\0${password}`).digest("base64");
}
