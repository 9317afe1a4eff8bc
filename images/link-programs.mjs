/** Makes the programs of a package executable, and links to them in its folder `bin`: `link-programs.mjs FOLDER`. */
import { chmodSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";

const [folder = ""] = process.argv.slice(2);
const { bin } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
mkdirSync(join(folder, "bin"));
for (const [name, file] of Object.entries(bin)) {
  chmodSync(join(folder, file), 0o755);
  symlinkSync(join("..", file), join(folder, "bin", name));
}
