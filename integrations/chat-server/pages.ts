import { readFileSync } from "node:fs";
import type { FakeUser } from "./world.ts";

/** What a browser is given at a path. */
export interface Page {
  readonly type: string;
  readonly body: string | Uint8Array;
}

export interface ViewerOptions {
  /** Who looks at the page, and writes there: it is given the key. */
  readonly user: FakeUser;
  readonly stream: string;
  /** The pictures of the custom emoji, as PNG. */
  readonly emoji: ReadonlyMap<string, Uint8Array>;
}

const FILES = [
  ["", "index.html", "text/html; charset=utf-8"],
  ["chat.js", "chat.js", "text/javascript; charset=utf-8"],
  ["chat.css", "chat.css", "text/css; charset=utf-8"],
] as const;

/** A page that shows one stream to one user, by their paths. Only for this machine: it holds a key. */
export function createViewer({ user, stream, emoji }: ViewerOptions): ReadonlyMap<string, Page> {
  const { id, email, key } = user;
  const me = { id, email, key, stream, emoji: [...emoji.keys()] };
  return new Map<string, Page>([
    ...FILES.map(([path, file, type]) => [`/${path}`, { type, body: readAsset(file) }] as const),
    ["/me.json", { type: "application/json", body: JSON.stringify(me) }],
    ...[...emoji].map(([name, body]) => [`/emoji/${name}.png`, { type: "image/png", body }] as const),
  ]);
}

function readAsset(file: string): Uint8Array {
  return readFileSync(new URL(`page/${file}`, import.meta.url));
}
