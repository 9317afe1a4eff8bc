import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";

/** Inputs that were findings once, a folder for each target. */
export const FIXTURES = new URL("../../test/fixtures/fuzz/", import.meta.url).pathname;
/** Longer ones are mostly the same byte again and again. */
const LONG = 2_048;

export interface Fixture {
  readonly target: string;
  readonly file: string;
  readonly input: Buffer;
}

/** Returns the path. */
export function keepFixture(target: string, input: Buffer, folder = FIXTURES): string {
  const isLong = input.length > LONG;
  const name = createHash("sha256").update(input).digest("hex").slice(0, 12);
  const path = join(folder, target, `${name}.bin${isLong ? ".gz" : ""}`);
  mkdirSync(join(folder, target), { recursive: true });
  writeFileSync(path, isLong ? gzipSync(input) : input);
  return path;
}

export function readFixtures(folder = FIXTURES): readonly Fixture[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap(({ name: target }) =>
    readdirSync(join(folder, target)).map((file) => {
      const bytes = readFileSync(join(folder, target, file));
      return { target, file, input: file.endsWith(".gz") ? gunzipSync(bytes) : bytes };
    }),
  );
}
