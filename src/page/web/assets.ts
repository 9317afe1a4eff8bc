import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** A file of the page, ready to be sent. */
export interface Asset {
  readonly body: Buffer;
  readonly type: string;
  readonly etag: string;
}

const FOLDER = new URL("../assets/", import.meta.url);
const HTML = "text/html; charset=utf-8";
const STYLE = "text/css; charset=utf-8";
const SCRIPT = "text/javascript; charset=utf-8";

/** Every file of the page, by its path. The page names them by relative URLs: a proxy may add a prefix. */
const FILES: Readonly<Record<string, readonly [file: string, type: string]>> = {
  "/": ["index.html", HTML],
  "/assets/page.css": ["page.css", STYLE],
  "/assets/head.css": ["head.css", STYLE],
  "/assets/plots.css": ["plots.css", STYLE],
  "/assets/tables.css": ["tables.css", STYLE],
  "/assets/icon.svg": ["icon.svg", "image/svg+xml"],
  "/assets/page.js": ["page.js", SCRIPT],
  "/assets/filter.js": ["filter.js", SCRIPT],
  "/assets/nav.js": ["nav.js", SCRIPT],
  "/assets/plot.js": ["plot.js", SCRIPT],
  "/assets/plots.js": ["plots.js", SCRIPT],
  "/assets/readout.js": ["readout.js", SCRIPT],
  "/assets/scales.js": ["scales.js", SCRIPT],
  "/assets/sections.js": ["sections.js", SCRIPT],
  "/assets/sort.js": ["sort.js", SCRIPT],
  "/assets/tables.js": ["tables.js", SCRIPT],
  "/assets/theme.js": ["theme.js", SCRIPT],
  "/assets/words.js": ["words.js", SCRIPT],
  "/assets/wrong.js": ["wrong.js", SCRIPT],
};

/** Reads them once: they are a few dozen kilobytes. */
export function readAssets(): ReadonlyMap<string, Asset> {
  return new Map(
    Object.entries(FILES).map(([path, [file, type]]) => {
      const body = readFileSync(new URL(file, FOLDER));
      const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
      return [path, { body, type, etag }];
    }),
  );
}
