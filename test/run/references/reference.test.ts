import { describe, expect, it } from "vitest";
import { fillIn, findBadName, namesIn, withoutReferences } from "../../../src/run/references/reference.ts";

const SECRETS = new Map([
  ["pg", "s3cret"],
  ["odd", "$SECRET:pg$ $& $1"],
]);

describe("references in a text", () => {
  it("are found, each name once", () => {
    expect(namesIn("-p $SECRET:pg$ -P$SECRET:a.b-c_1$ '$SECRET:pg$'")).toEqual(["pg", "a.b-c_1"]);
  });

  it("are replaced, and what a secret holds is not read again", () => {
    expect(fillIn("x$SECRET:pg$y $SECRET:odd$", SECRETS)).toBe("xs3crety $SECRET:pg$ $& $1");
    expect(fillIn("$SECRET:unread$", SECRETS)).toBe("$SECRET:unread$");
    expect(withoutReferences("a $SECRET:pg$ $X")).toBe("a  $X");
  });

  it.each([
    ["$SECRET:../etc/passwd$", "../etc/passwd"],
    ["$SECRET:/etc/passwd$", "/etc/passwd"],
    ["$SECRET:..$", ".."],
    ["$SECRET:..data$", "..data"],
    ["$SECRET:.hidden$", ".hidden"],
    ["$SECRET:a/b$", "a/b"],
    ["$SECRET:open -x", "open"],
    ["$SECRET:$", ""],
    ["$SECRET:a\0$", "a\0"],
    [`$SECRET:${"a".repeat(254)}$`, "a".repeat(60)],
  ])("%j has a bad name", (line, name) => expect(findBadName(line)).toBe(name));

  it("are well written here", () => expect(findBadName("-p $SECRET:pg$ $HOME")).toBeUndefined());
});
