import { randomUUID } from "node:crypto";
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Writes a Secret or ConfigMap as kubelet mounts it, and exchanges it as kubelet does: the files are links
 * into `..data`, which is itself a link to a folder of this version.
 */
export function mountSecret(folder: string, entries: Readonly<Record<string, string>>): void {
  const data = `..${randomUUID()}`;
  mkdirSync(join(folder, data));
  for (const [name, text] of Object.entries(entries)) {
    writeFileSync(join(folder, data, name), text, { mode: 0o440 });
    linkOnce(`..data/${name}`, join(folder, name));
  }
  symlinkSync(data, join(folder, "..data_tmp"));
  renameSync(join(folder, "..data_tmp"), join(folder, "..data"));
}

function linkOnce(target: string, path: string): void {
  try {
    symlinkSync(target, path);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}
