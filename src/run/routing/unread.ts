/** Thrown by `understand` of a check in a thread that has not been asked about these words yet. */
export class Unread extends Error {
  override readonly name = "Unread";
  /** Resolves when `understand` can answer. */
  readonly reading: Promise<void>;

  constructor(reading: Promise<void>) {
    super("the check has not answered yet");
    this.reading = reading;
  }
}

/** Thrown by `understand` of a check whose thread could not answer. A run of it fails with `fault`. */
export class Unreadable extends Error {
  override readonly name = "Unreadable";
  readonly fault: unknown;

  constructor(fault: unknown) {
    super("the check could not be asked");
    this.fault = fault;
  }
}
