import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as sdk from "../../sdk/index.ts";

/**
 * All names of `omd-worker/sdk`. A new name is a promise to the authors of checks, so it must be added here.
 */
const NAMES = [
  ...["Check", "CheckContext", "CheckOutput", "Shared", "SharedContext", "CheckDefinition", "defineCheck"],
  ...["CheckDeclined", "CheckFailure", "withinSeconds"],
  ...["Option", "OptionsOf", "option", "count", "flag", "integer", "leftToPlugin", "list", "number", "oneOf"],
  ...["port", "range", "seconds", "text", "thresholds", "DefaultThresholds", "words"],
  ...["Report", "report", "ValueOptions", "Unit"],
  ...["Http", "HttpLogin", "HttpOptions", "HttpResponse", "HttpTls"],
  ...["Snmp", "SnmpAgent", "SnmpObject", "SnmpUser", "Ssh", "SshOutcome", "SshServer"],
  ...["RunContext", "Values", "RateOptions", "NOT_YET"],
  ...["Answer", "answer", "fperfdata", "PerfdataLimits", "perfdata"],
  ...["checkRange", "getStatus", "Range", "readRange", "Thresholds"],
  ...["Address", "Family", "RESOLVER", "ResolveError", "Resolver"],
  ...["CRITICAL", "maxState", "OK", "STATE_NAMES", "State", "UNKNOWN", "WARNING"],
];

const SDK = new URL("../../sdk/", import.meta.url);

interface Export {
  readonly name: string;
  /** The file that declares the name, from the folder of the SDK. */
  readonly file: string;
}

/** The names of `export { … } from "…"` and `export type { … } from "…"`. */
function readExports(index: string): readonly Export[] {
  const statements = index.matchAll(/^export (?:type )?\{([^}]*)\} from "([^"]+)";/gm);
  return [...statements].flatMap(([, names = "", file = ""]) =>
    names
      .split(",")
      .map((name) => name.trim().replace(/^type /, ""))
      .filter((name) => name !== "")
      .map((name) => ({ name, file })),
  );
}

/** Whether a comment with a text ends in the line above the first declaration of the name. */
function hasDocstring(name: string, source: string): boolean {
  const lines = source.split("\n");
  const declaration = new RegExp(
    `^export (?:async )?(?:abstract )?(?:function|const|class|interface|type) ${name}\\b`,
  );
  const at = lines.findIndex((line) => declaration.test(line));
  const above = lines.slice(0, Math.max(at, 0)).join("\n");
  return /\/\*\*[\s*]*[A-Za-z`](?:(?!\*\/)[\s\S])*\*\/$/.test(above);
}

const EXPORTS = readExports(readFileSync(new URL("index.ts", SDK), "utf8"));

describe("omd-worker/sdk", () => {
  it("exports the names it promises, and no others", () => {
    expect(EXPORTS.map(({ name }) => name).sort()).toEqual([...NAMES].sort());
  });

  it("has all values among them at run time", () => {
    expect(Object.keys(sdk).filter((name) => !NAMES.includes(name))).toEqual([]);
    expect(Object.keys(sdk)).toEqual(
      expect.arrayContaining(["defineCheck", "report", "NOT_YET", "RESOLVER", "OK"]),
    );
  });

  it.each(EXPORTS)("says above $name what it is", ({ name, file }) => {
    expect(hasDocstring(name, readFileSync(new URL(file, SDK), "utf8"))).toBe(true);
  });
});

describe("a name without a docstring is found", () => {
  it.each([
    ["export const OK = 0;"],
    ["/** */\nexport const OK = 0;"],
    ["/** Another one. */\nexport const FINE = 0;\nexport const OK = 0;"],
    ["/** Another one. */\n\nexport const OK = 0;"],
    ["/** Longer. */\nexport const OKAY = 0;"],
    ["// No docstring.\nexport const OK = 0;"],
    ["/** The declaration is somewhere else. */"],
  ])("%j", (source) => {
    expect(hasDocstring("OK", source)).toBe(false);
  });

  it("and one with a docstring is not", () => {
    expect(hasDocstring("OK", "/**\n * A state.\n */\nexport const OK = 0;")).toBe(true);
  });
});

describe("the guide for authors", () => {
  const guide = readFileSync(new URL("README.md", SDK), "utf8");

  it("imports only names that are exported", () => {
    const imports = [...guide.matchAll(/^import \{([^}]*)\} from "omd-worker\/sdk";/gm)];
    const names = imports.flatMap(([, list = ""]) => list.match(/[A-Za-z]+/g) ?? []);
    expect(names).toContain("defineCheck");
    expect(names.filter((name) => name !== "type" && !NAMES.includes(name))).toEqual([]);
  });

  it("names each of them", () => {
    expect(NAMES.filter((name) => !new RegExp(`\\b${name}\\b`).test(guide))).toEqual([]);
  });
});
