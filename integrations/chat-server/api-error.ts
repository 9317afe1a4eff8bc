/** How Zulip refuses a request. `code` is for programs, `message` for people. */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;
  /** What the reply has besides. */
  readonly more: Readonly<Record<string, unknown>>;

  constructor(
    code: string,
    message: string,
    { status = 400, more = {} }: { status?: number; more?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(message);
    this.code = code;
    this.status = status;
    this.more = more;
  }

  toReply(): Readonly<Record<string, unknown>> {
    return { result: "error", msg: this.message, ...this.more, code: this.code };
  }
}

export function badRequest(message: string): ApiError {
  return new ApiError("BAD_REQUEST", message);
}
