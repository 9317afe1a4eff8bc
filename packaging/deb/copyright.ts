/**
 * Prints the package's copyright file, in Debian's machine-readable format: the licence of each module below
 * the folder that is named, of Node.js and of the worker itself. Fails if a module names no licence.
 */

import { globSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** A module as it is bundled. */
interface Module {
  /** Relative to the folder of all modules: `pg`, `@azure/identity`, `mssql/node_modules/debug`. */
  readonly path: string;
  readonly license: string;
  readonly copyright: readonly string[];
  readonly text: string;
}

const APACHE = `Licensed under the Apache License, Version 2.0.

On Debian systems the full text of the Apache License, Version 2.0, can be found
in the file /usr/share/common-licenses/Apache-2.0.`;

const MIT = `Permission is hereby granted, free of charge, to any person obtaining a copy of
this software and associated documentation files (the "Software"), to deal in
the Software without restriction, including without limitation the rights to
use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of
the Software, and to permit persons to whom the Software is furnished to do so,
subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS
FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER
IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN
CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

/** For modules that bring no text of their licence. */
const TEXTS: Readonly<Record<string, string>> = { MIT, "Apache-2.0": APACHE };

/** `isBundled` is asked for the path of each module, as `pg` or `mssql/node_modules/debug`. */
export function renderCopyright(folder: string, isBundled: (path: string) => boolean = () => true): string {
  const ours = { path: "*", license: "Apache-2.0", copyright: ["the authors of omd-worker"], text: APACHE };
  const node = {
    path: "usr/lib/omd-worker/bin/node",
    license: "Node.js",
    copyright: ["Node.js contributors, and the authors of what it includes"],
    text: "MIT, and for the libraries it includes the licences in node.LICENSE.gz beside this\nfile.",
  };
  const modules = readModules(folder, isBundled).map((each) => ({
    ...each,
    path: `usr/lib/omd-worker/node_modules/${each.path}/*`,
  }));
  return [HEAD, ...[ours, node, ...modules].map(renderStanza)].join("\n");
}

const HEAD = `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: omd-worker
Comment: The modules below usr/lib/omd-worker/node_modules are bundled as npm has them.
`;

function renderStanza({ path, license, copyright, text }: Module): string {
  const lines = text.trim().split("\n");
  return `Files: ${path}
Copyright: ${copyright.join("\n           ")}
License: ${license}
${lines.map((line) => (line.trim() === "" ? " ." : ` ${line.trimEnd()}`)).join("\n")}
`;
}

function readModules(folder: string, isBundled: (path: string) => boolean): readonly Module[] {
  return globSync("**/package.json", { cwd: folder })
    .filter((file) => isModule(join("node_modules", file)) && isBundled(dirname(file)))
    .sort()
    .map((file) => readModule(dirname(join(folder, file)), folder));
}

/** Other package.json files only say how a folder of a module is to be read. */
function isModule(file: string): boolean {
  return /(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/@][^/]*\/package\.json$/.test(file);
}

function readModule(folder: string, all: string): Module {
  const path = relative(all, folder);
  const { license, licenses, author } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const name = license?.type ?? license ?? licenses?.[0]?.type;
  const file = readdirSync(folder).find((each) => /^(?:un)?licen[cs]e|^copying/i.test(each));
  const written = file === undefined ? undefined : readFileSync(join(folder, file), "utf8");
  const text = written === undefined || isApache(written) ? TEXTS[name ?? ""] : written;
  if (name === undefined || text === undefined)
    throw new Error(`${path} names no licence, or brings no text of it: ${name}`);
  return { path, license: name, text, copyright: findCopyright(written ?? "", author, path) };
}

/** Debian has this text; packages do not repeat it. */
function isApache(text: string): boolean {
  return text.includes("TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION");
}

function findCopyright(text: string, author: unknown, path: string): readonly string[] {
  const lines = text.split("\n").map((line) => line.trim());
  const found = lines.filter((line) => /^(?:copyright|\(c\)|©).*\d{4}|^copyright \(c\) /i.test(line));
  if (found.length > 0 && !isApache(text)) return found;
  return [typeof author === "string" ? author : (nameOf(author) ?? `the authors of ${path}`)];
}

function nameOf(author: unknown): string | undefined {
  return typeof author === "object" && author !== null && "name" in author ? String(author.name) : undefined;
}

if (import.meta.main) {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) throw new Error("usage: copyright.ts FOLDER-OF-MODULES");
  process.stdout.write(renderCopyright(folder));
}
