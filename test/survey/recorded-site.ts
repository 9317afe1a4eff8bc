import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readObjectsCache } from "../../src/survey/site/objects-cache.ts";
import { readMainConfig, readResources } from "../../src/survey/site/settings-files.ts";
import { createSite, type Site } from "../../src/survey/site/site.ts";

/** Recorded with a real Naemon: see the README there. */
export const RECORDED = join(import.meta.dirname, "../fixtures/naemon");

export function recordedFile(name: string): string {
  return join(RECORDED, name);
}

export function readRecordedSite(): Site {
  const text = (name: string) => readFileSync(recordedFile(name), "latin1");
  return createSite({
    objects: readObjectsCache(text("objects.cache"), "objects.cache"),
    users: readResources(text("resource.cfg")),
    main: readMainConfig(text("naemon.cfg")),
  });
}

/** One line of a queue of mod_gearman. */
export interface RecordedLine {
  readonly host: string;
  readonly service: string | null;
  readonly command_line: string;
  readonly volatile?: true;
}

export function readRecordedLines(name: string): readonly RecordedLine[] {
  const lines = readFileSync(recordedFile(name), "utf8").trim().split("\n");
  return lines.map((line) => JSON.parse(line));
}
