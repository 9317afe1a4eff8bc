import { CheckDeclined } from "../../../sdk/index.ts";
import type { SshDestination } from "../openssh/destination.ts";
import { printLines, SshFailure, type StderrLine, stderrLine } from "../openssh/failure.ts";
import { judgeHostKey, type KnownHost } from "../openssh/host-key.ts";
import type { Identity } from "../openssh/identities.ts";
import { countRsaBits, readKeyType } from "../openssh/known-hosts.ts";

/** Characters of a server's banners. A usual banner is a page of legal text. */
const MAX_BANNER = 65_536;

/** What is decided, and what ssh prints, between the server's first byte and the end of authentication. */
export class Login<Key> {
  /** Why the login failed: an SshFailure where ssh's words are known. */
  failure: Error | undefined;
  readonly #destination: SshDestination;
  readonly #knownHost: KnownHost;
  readonly #identities: Iterator<Identity<Key>>;
  readonly #lines: StderrLine[] = [];
  #bannerLength = 0;

  constructor(destination: SshDestination, knownHost: KnownHost, identities: readonly Identity<Key>[]) {
    this.#destination = destination;
    this.#knownHost = knownHost;
    this.#identities = identities.values();
  }

  /** What ssh has printed on stderr so far. */
  get printed(): string {
    return printLines(this.#lines, this.#destination.verbosity);
  }

  acceptsHostKey(blob: Buffer): boolean {
    try {
      const key = { type: readKeyType(blob), blob };
      const isShort = key.type === "ssh-rsa" && countRsaBits(blob) < this.#destination.minRsaBits;
      if (isShort) throw new CheckDeclined("the host key is short");
      this.#lines.push(...judgeHostKey(key, this.#knownHost, this.#destination));
      return true;
    } catch (error) {
      this.fail(error);
      return false;
    }
  }

  hearBanner(text: string): void {
    this.#bannerLength += text.length;
    // ssh escapes other characters when it prints a banner.
    if (this.#bannerLength > MAX_BANNER || /[^\t\n\r -~]/.test(text)) {
      this.fail(new CheckDeclined("the server's banner is long or not plain"));
    } else this.#lines.push({ severity: "info", text });
  }

  /** The key to try next. Undefined when the login has failed. */
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

  /** Notes why the login failed. Only the first reason is kept. */
  fail(error: unknown): void {
    this.failure ??= error instanceof Error ? error : new Error(String(error));
  }

  /**
   * Without a terminal ssh still tries empty passwords, and prints a line for each. BatchMode turns that off.
   */
  #describeDenial(methods: readonly string[]): Error {
    const { isBatch, triesGssapi, user, host } = this.#destination;
    const asksKerberos = triesGssapi && methods.some((method) => method.startsWith("gssapi-"));
    if (asksKerberos) return new CheckDeclined("no key is accepted, and ssh would try Kerberos");
    const asksPassword = methods.includes("password") || methods.includes("keyboard-interactive");
    if (asksPassword && !isBatch) return new CheckDeclined("no key is accepted, and ssh would try passwords");
    const denial = stderrLine("fatal", `${user}@${host}: Permission denied (${methods.join(",")}).`);
    return new SshFailure([...this.#lines, denial]);
  }
}
