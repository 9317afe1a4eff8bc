import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";

/** A link as it stands in a document: `[text](target)`. */
interface Link {
  readonly document: string;
  readonly target: string;
}

const DOCUMENTS = globSync(["*.md", "{docs,sdk,plugins,bench,helm}/**/*.md"]);

/** What stands in code is no link. */
function withoutCode(text: string): string {
  return text.replace(/^```[\s\S]*?^```$/gm, "").replace(/`[^`\n]*`/g, "");
}

function linksOf(document: string): readonly Link[] {
  const text = withoutCode(readFileSync(document, "utf8"));
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => ({ document, target }));
}

/** The anchors of a document's headings, as GitHub makes them. */
function anchorsOf(document: string): ReadonlySet<string> {
  const text = readFileSync(document, "utf8").replace(/^```[\s\S]*?^```$/gm, "");
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
        .replace(/[^\p{L}\p{N}\s_-]/gu, "")
        .trim()
        .replace(/\s/g, "-"),
    ),
  );
}

/** Undefined: it leads somewhere. */
function faultOf({ document, target }: Link): string | undefined {
  if (/^(?:https?|mailto):/.test(target)) return undefined;
  const [path = "", anchor] = target.split("#");
  const file = path === "" ? document : normalize(join(dirname(document), path));
  if (!existsSync(file)) return `${document}: there is no ${target}`;
  if (anchor === undefined || anchorsOf(file).has(anchor)) return undefined;
  return `${document}: ${file} has no heading #${anchor}`;
}

describe("the documents", () => {
  it("have links that lead somewhere", () => {
    const links = DOCUMENTS.flatMap(linksOf);
    expect(links.length).toBeGreaterThan(50);
    expect(links.flatMap((link) => faultOf(link) ?? [])).toEqual([]);
  });

  it.each([
    ["docs/gone.md", "README.md: there is no docs/gone.md"],
    ["docs/design.md#gone", "README.md: docs/design.md has no heading #gone"],
    ["#gone", "README.md: README.md has no heading #gone"],
  ])("would be found out: %s", (target, fault) => {
    expect(faultOf({ document: "README.md", target })).toBe(fault);
  });

  it.each(["#speed", "docs/design.md#the-walk-of-a-job", "https://example.org/#x", "docs/decisions/"])(
    "may have the link %s",
    (target) => expect(faultOf({ document: "README.md", target })).toBeUndefined(),
  );

  it("are all named in README, the decisions by their folder", () => {
    const named = linksOf("README.md").map(({ target }) => target.split("#")[0]);
    const missing = DOCUMENTS.filter((path) => path !== "README.md" && !path.startsWith("docs/decisions/"));
    expect(missing.filter((path) => !named.includes(path))).toEqual([]);
  });
});
