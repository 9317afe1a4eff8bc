import { chmodSync, lchownSync } from "node:fs";
import { vi } from "vitest";

const NOBODY = 65_534;

/**
 * Makes a file or a link look as if another user owned it: root gives it away. Any other user takes another
 * identity until the test's mocks are restored.
 */
export function makeForeign(path: string): void {
  if (process.getuid?.() === 0) lchownSync(path, NOBODY, NOBODY);
  else vi.spyOn(process, "geteuid").mockReturnValue(NOBODY);
}

/** Lets every user put files into a folder, as into /tmp. */
export function shareFolder(path: string): void {
  chmodSync(path, 0o1777);
}
