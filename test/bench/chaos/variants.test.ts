import { expect, it } from "vitest";
import { peerVariant } from "../../../bench/chaos/variants.ts";

it("a peer that names the key has encryption, one that does not has none", () => {
  const { name, template, protection } = peerVariant({ name: "c", template: ["worker", "--key={key}"] });
  expect({ name, template }).toEqual({ name: "c", template: ["worker", `--key=${protection.key}`] });
  expect(protection.key).not.toBe("");
  expect(protection.key).toBeDefined();
  expect(peerVariant({ name: "c", template: ["worker", "{port}"] })).toEqual({
    name: "c",
    template: ["worker", "{port}"],
    protection: {},
  });
});
