import { readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");

/** The one code block of a document that has this text, without its indentation. */
export function documentedBlock(path: string, text: string): string {
  const document = readFileSync(join(ROOT, path), "utf8");
  const blocks = [...document.matchAll(/^(?<indent> *)```\w*\n(?<block>.*?)^\k<indent>```$/gms)];
  const [found, ...more] = blocks.filter(({ groups }) => groups?.["block"]?.includes(text));
  const { indent = "", block = "" } = found?.groups ?? {};
  if (block === "" || more.length > 0) throw new Error(`${path} has not one code block with ${text}`);
  return block.replaceAll(new RegExp(`^${indent}`, "gm"), "");
}
