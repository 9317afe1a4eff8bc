import { expect, it } from "vitest";
import { readChaosArguments } from "../../../bench/chaos/options.ts";
import { ownVariant, VARIANT_NAMES } from "../../../bench/chaos/variants.ts";
import { createPki } from "../../support/gearman/tls-gearmand.ts";

it.each([
  [[], ["spool"]],
  [
    ["--own", "default,key"],
    ["default", "key"],
  ],
  [["--own", "none", "--worker", "c=worker"], []],
])("%j runs our worker as %j", (argv, own) => {
  expect(readChaosArguments(argv)?.own).toEqual(own);
});

it("a way that is not known is refused", () => {
  expect(() => readChaosArguments(["--own", "toString"])).toThrow(
    "--own: none is called toString, there are spool,default,key,tls",
  );
});

it("each way has what it is called by, and the core and gearmand have it, too", () => {
  using pki = createPki();
  const facts = VARIANT_NAMES.map((name) => {
    const { template, protection } = ownVariant(name, ["worker"], pki);
    const has = (option: string) => template.some((word) => word.startsWith(`--${option}`));
    const isProtected = [has("key="), has("tls=yes")];
    expect(isProtected).toEqual([protection.key !== undefined, protection.pki !== undefined]);
    return [name, has("result_spool="), ...isProtected];
  });
  expect(facts).toEqual([
    ["spool", true, false, false],
    ["default", false, false, false],
    ["key", true, true, false],
    ["tls", true, false, true],
  ]);
});
