import type { ByteString } from "../../byte-string.ts";
import type { Secret } from "../../config/secret.ts";
import type { ServerAddress } from "../../gearman/server-address.ts";
import type { Submission } from "../../gearman/submitter.ts";
import { createEnvelope, type Seal } from "../../payload/crypt.ts";
import { keyFromPassword } from "../../payload/key.ts";
import { SendError, Sender } from "./sender.ts";

/** The options of a tool that decide where its results go. */
export interface DeliveryOptions {
  readonly server: readonly ServerAddress[];
  readonly dupserver: readonly ServerAddress[];
  readonly encryption: boolean;
  readonly key: Secret | undefined;
  /** Undefined: copies have the key of the result. */
  readonly dupserverKey: Secret | undefined;
  readonly resultQueue: ByteString;
  /** Milliseconds; 0 waits for ever. */
  readonly gearmanConnectionTimeout: number;
  readonly retries: number;
  /** Seconds. */
  readonly retryInterval: number;
}

/** More than this is not read ahead of what the job servers confirm. */
const MAX_WAITING = 2_000;

/** A result for a job server, and its copy for dupservers, which may have another key. */
export interface SealedResult {
  readonly submission: Submission;
  readonly copy: Submission;
}

/** Seals results, and gives each to one job server and to every dupserver. */
export class Delivery implements AsyncDisposable {
  readonly #sender: Sender;
  readonly #copies: readonly Sender[];
  /** Makes jobs of a result's text. */
  readonly seal: (text: ByteString) => SealedResult;

  /** `complain` is told what dupservers have not taken: that is no failure. */
  constructor(options: DeliveryOptions, complain: (text: string) => void) {
    const { encryption, key, dupserverKey, server, dupserver, resultQueue: queue } = options;
    const seal = createSeal(encryption, key);
    const sealCopy = dupserverKey && createSeal(encryption, dupserverKey);
    this.seal = (text) => {
      const submission = { queue, unique: "", workload: seal(text) };
      return { submission, copy: sealCopy ? { ...submission, workload: sealCopy(text) } : submission };
    };
    const common = {
      timeoutMs: options.gearmanConnectionTimeout,
      retries: options.retries,
      retryIntervalMs: options.retryInterval * 1000,
    };
    this.#sender = new Sender({ servers: server, ...common });
    this.#copies = dupserver.map((each) => new Sender({ servers: [each], ...common }));
    for (const copy of this.#copies)
      copy.failed.catch((error: SendError) => complain(`no copy for the dupserver: ${error.message}\n`));
  }

  /** How many results a job server has taken. */
  get delivered(): number {
    return this.#sender.confirmed;
  }

  /** Rejected with a SendError when no job server takes what was sent; never resolved. */
  get failed(): Promise<never> {
    return this.#sender.failed;
  }

  /** Resolves when more can be sent. Rejects with a SendError. */
  async send(texts: readonly ByteString[]): Promise<void> {
    await this.sendSealed(texts.map(this.seal));
  }

  /** The same for results that are sealed. */
  async sendSealed(sealed: readonly SealedResult[]): Promise<void> {
    this.#sender.send(sealed.map(({ submission }) => submission));
    for (const sender of this.#copies) sender.send(sealed.map(({ copy }) => copy));
    await this.#wait(MAX_WAITING);
  }

  /** Resolves when all is taken. Rejects with a SendError. */
  async flush(): Promise<void> {
    await this.#wait(0);
  }

  async #wait(atMost: number): Promise<void> {
    await Promise.all([
      this.#sender.until(atMost),
      ...this.#copies.map((copy) => copy.until(atMost).catch(ignoreSendError)),
    ]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#sender, ...this.#copies].map((sender) => sender.close()));
  }
}

function createSeal(encryption: boolean, key: Secret | undefined): Seal {
  return createEnvelope({ encryption, key: key && keyFromPassword(key.reveal()) }).seal;
}

/** It was told already. */
function ignoreSendError(error: unknown): void {
  if (!(error instanceof SendError)) throw error;
}
