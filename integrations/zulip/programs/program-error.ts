/** A program cannot start. The message says why, and what to do. */
export class ProgramError extends Error {
  override readonly name = "ProgramError";
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
