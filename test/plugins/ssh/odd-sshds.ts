import { once } from "node:events";
import { connect } from "node:net";
import { Sshd } from "../../support/servers/sshd.ts";

/** Lines of sshd_config. The sshd of a test has its usual ones after them. */
const ODD: readonly (readonly string[])[] = [
  ["HostKeyAlgorithms ssh-rsa", "PubkeyAcceptedAlgorithms ssh-rsa,ssh-ed25519"],
  ["HostKeyAlgorithms rsa-sha2-256", "KexAlgorithms diffie-hellman-group14-sha1,ecdh-sha2-nistp521"],
  ["KexAlgorithms diffie-hellman-group14-sha256", "Ciphers aes128-cbc,3des-cbc"],
  ["KexAlgorithms diffie-hellman-group1-sha1", "HostKeyAlgorithms ssh-rsa"],
  ["Ciphers aes256-ctr,aes128-cbc", "MACs hmac-sha1,hmac-md5", "Compression no"],
  ["GSSAPIAuthentication yes", "KbdInteractiveAuthentication yes", "MaxSessions 1"],
  ["KbdInteractiveAuthentication yes", "AuthenticationMethods keyboard-interactive"],
  ["KbdInteractiveAuthentication yes", "AuthenticationMethods publickey,keyboard-interactive"],
  ["MaxSessions 0", "PrintMotd yes"],
  ["ForceCommand echo forced; exit 1", "PermitTTY no"],
  ["AuthenticationMethods publickey,publickey", "VersionAddendum odd one"],
  ["MaxAuthTries 1", "RekeyLimit 16K"],
  ["RequiredRSASize 4096"],
  ["AllowUsers nobody"],
];

/** It takes one login at a time. */
const FULL = ["MaxStartups 1:100:1", "LoginGraceTime 0"];

/** sshds that are set up in unusual ways. The last one refuses all connections, because it has too many. */
export class OddSshds implements AsyncDisposable {
  readonly all: readonly Sshd[];
  readonly #closing: AsyncDisposableStack;

  private constructor(all: readonly Sshd[], closing: AsyncDisposableStack) {
    this.all = all;
    this.#closing = closing;
  }

  static async start(): Promise<OddSshds> {
    const closing = new AsyncDisposableStack();
    const all = await Promise.all([...ODD, FULL].map((config) => Sshd.start({ config })));
    for (const each of all) closing.use(each);
    const waiting = connect(all.at(-1)?.port ?? 0, "127.0.0.1");
    closing.defer(() => void waiting.destroy());
    await once(waiting, "data");
    return new OddSshds(all, closing);
  }

  get ports(): readonly number[] {
    return this.all.map(({ port }) => port);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#closing.disposeAsync();
  }
}
