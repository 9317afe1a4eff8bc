import { writeFileSync } from "node:fs";

/**
 * What `ps` and `pgrep` show in place of node: the program's name, and its words with the key masked. The
 * kernel keeps 15 bytes of the name, as it does of the C worker's.
 */
export function nameProcess(name: string, argv: readonly string[]): void {
  process.title = [name, ...argv.map(maskKey)].join(" ");
  try {
    // `process.title` has set it to the first bytes of the whole.
    writeFileSync("/proc/self/comm", name);
  } catch {
    // No /proc: the name is not of importance to the worker.
  }
}

function maskKey(word: string): string {
  return word.replace(/^(-*(?:key|password)=).*/is, "$1***");
}
