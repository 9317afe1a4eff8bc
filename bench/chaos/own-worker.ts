import { join } from "node:path";
import { execa } from "execa";
import type { NamedTemplate } from "./options.ts";

const ROOT = join(import.meta.dirname, "../..");
const SLOTS = 20;

/** Our worker, as a site that wants to lose nothing has it. */
export async function ownTemplate(fromSource: boolean): Promise<NamedTemplate> {
  if (!fromSource) await execa("npm", ["run", "--silent", "build"], { cwd: ROOT });
  const program = fromSource ? "src/cli/omd-worker.ts" : "dist/src/cli/omd-worker.js";
  return {
    name: "omd-worker",
    template: [
      ...[process.execPath, join(ROOT, program), "--server=127.0.0.1:{port}", "--services=yes"],
      ...["--encryption=no", "--identifier={name}", `--min-worker=${SLOTS}`, `--max-worker=${SLOTS}`],
      ...["--result_spool={folder}/spool", "--control_socket=no", "--debug=1"],
    ],
  };
}
