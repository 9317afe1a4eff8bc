import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ByteString } from "../../byte-string.ts";
import { lackOf } from "../../outcome/shortage.ts";

/** The text of a command in a file, which a shell reads. */
export interface LongCommand extends Disposable {
  readonly path: string;
}

/** Writes it to `path` or, if there is no space, to a folder of its own among the temporary files. */
export function writeLongCommand(path: string, text: ByteString): LongCommand {
  try {
    return write(path, path, text);
  } catch (error) {
    if (lackOf(error) === undefined) throw error;
  }
  const folder = mkdtempSync(join(tmpdir(), "omd-worker-command-"));
  return write(join(folder, "command.sh"), folder, text);
}

/** `whole` is what is removed in the end, and if the write fails. */
function write(path: string, whole: string, text: ByteString): LongCommand {
  const remove = () => rmSync(whole, { recursive: true, force: true });
  try {
    writeFileSync(path, text, "latin1");
  } catch (error) {
    remove();
    throw error;
  }
  return { path, [Symbol.dispose]: remove };
}
