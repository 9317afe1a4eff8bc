/**
 * A file of certificates or of a private key, as an option names it. Its content may be a secret and is not
 * shown, but two with the same name and another content are not the same option.
 */
export class PemFile {
  readonly path: string;
  /** Of the content. Undefined: the file was not read. */
  readonly digest: string | undefined;
  readonly #content: Buffer | undefined;

  constructor(path: string, content?: Buffer) {
    this.path = path;
    // Not imported: tools start faster without.
    this.digest = content && process.getBuiltinModule("node:crypto").hash("sha256", content);
    this.#content = content;
  }

  get content(): Buffer | undefined {
    return this.#content;
  }

  toJSON(): string {
    return this.path;
  }
}
