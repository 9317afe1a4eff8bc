import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EXAMPLE } from "../support/rollout-site.ts";

const SCRIPT = readFileSync(join(EXAMPLE, "hooks/rollout.sh"), "utf8");
const HOLD_SECRET = /^hold_secret\(\) \{\n.*?^\}\n/ms.exec(SCRIPT)?.[0] ?? "";

/** What the hook says of objects that the chart has made. */
function holdsSecret(objects: string): boolean {
  const { status } = spawnSync("sh", ["-c", `${HOLD_SECRET}hold_secret`], { input: objects });
  return status === 0;
}

describe("the roll-out finds a Secret that stands", () => {
  it.each([
    ["as an object", "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n"],
    ["with other blanks", "kind:   Secret\n"],
    ["in quotes", "\"kind\": 'Secret'\n"],
    ["before a comment", "kind: Secret # of the site\n"],
    ["with carriage returns", "apiVersion: v1\r\nkind: Secret\r\n"],
    ["behind another object", "kind: Pod\n---\nkind: Secret\n"],
    ["in a list", "apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Secret\nkind: List\n"],
    ["first in an item of a list", "items:\n- kind: Secret\n  data: {}\nkind: List\n---\nkind: Pod\n"],
    ["in one line of a list", "items: [{kind: Secret, data: {}}]\nkind: List\n"],
    ["in a list of Secrets", "kind: SecretList\nitems: []\n"],
    ["in one line", "{apiVersion: v1, kind: Secret, metadata: {name: c}}\n"],
    ["in one line of JSON", '{"apiVersion":"v1","kind":"Secret"}\n'],
  ])("%s", (_, objects) => expect(holdsSecret(objects)).toBe(true));
});

describe("the roll-out takes for no Secret", () => {
  it.each([
    ["another kind", "kind: SecretStore\n"],
    ["a reference", "kind: Gateway\nspec:\n  certificateRefs:\n  - kind: Secret\n    name: x\n"],
    ["a text", "kind: ConfigMap\ndata:\n  a: |\n    kind: Secret\n"],
    ["a reference before a list", "kind: Gateway\nref: {kind: Secret}\n---\nkind: List\nitems: []\n"],
    ["nothing", ""],
  ])("%s", (_, objects) => expect(holdsSecret(objects)).toBe(false));
});
