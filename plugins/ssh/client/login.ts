import { CheckDeclined } from "../../../sdk/index.ts";
import type { Target } from "../openssh/destination.ts";
import { type Line, line, printLines, SshFailure } from "../openssh/failure.ts";
import { judgeHostKey, type KnownHost } from "../openssh/host-key.ts";
import type { Identity } from "../openssh/identities.ts";
import { type HostKey, readKeyType } from "../openssh/known-hosts.ts";

/** Banners are a page of law at most. */
const MAX_BANNER = 65_536;

/** What is said and decided between the first byte of a server and the end of authentication. */
export class Login<Key> {
  /** Why it came to nothing: an SshFailure where that is what ssh would say. */
  failure: Error | undefined;
  readonly #target: Target;
  readonly #knownHost: KnownHost;
  readonly #identities: Iterator<Identity<Key>>;
  readonly #lines: Line[] = [];
  #hostKey: HostKey | undefined;
  #bannerLength = 0;

  constructor(target: Target, knownHost: KnownHost, identities: readonly Identity<Key>[]) {
    this.#target = target;
    this.#knownHost = knownHost;
    this.#identities = identities.values();
  }

  /** What ssh has printed on stderr so far. */
  get printed(): string {
    return printLines(this.#lines, this.#target.verbosity);
  }

  /** The server's, once it is accepted. */
  get hostKey(): HostKey | undefined {
    return this.#hostKey;
  }

  acceptsHostKey(blob: Buffer): boolean {
    try {
      const key = { type: readKeyType(blob), blob };
      this.#lines.push(...judgeHostKey(key, this.#knownHost, this.#target));
      this.#hostKey = key;
      return true;
    } catch (error) {
      this.fail(error);
      return false;
    }
  }

  hearBanner(text: string): void {
    this.#bannerLength += text.length;
    // ssh prints other characters in a way of its own.
    if (this.#bannerLength > MAX_BANNER || /[^\t\n\r -~]/.test(text)) {
      this.fail(new CheckDeclined("the server's banner is long or not plain"));
    } else this.#lines.push({ severity: "info", text });
  }

  /** The key to try next; undefined when the login has failed. */
  nextIdentity(methods: readonly string[], isPartial: boolean): Identity<Key> | undefined {
    if (this.failure !== undefined) return undefined;
    if (isPartial) this.fail(new CheckDeclined("the server wants more than a key"));
    else if (methods.includes("publickey")) {
      const { value, done } = this.#identities.next();
      if (!done) return value;
    }
    this.fail(this.#describeDenial(methods));
    return undefined;
  }

  /** The first reason counts. */
  fail(error: unknown): void {
    this.failure ??= error instanceof Error ? error : new Error(String(error));
  }

  /** Without a terminal ssh still tries empty passwords, unless told not to, and says so for each. */
  #describeDenial(methods: readonly string[]): Error {
    const { isBatch, user, host } = this.#target;
    const asksPassword = methods.includes("password") || methods.includes("keyboard-interactive");
    if (asksPassword && !isBatch) return new CheckDeclined("no key is accepted, and ssh would try passwords");
    const denial = line("fatal", `${user}@${host}: Permission denied (${methods.join(",")}).`);
    return new SshFailure([...this.#lines, denial]);
  }
}
