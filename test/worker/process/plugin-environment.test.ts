import { describe, expect, it } from "vitest";
import { limitEnvironment } from "../../../src/worker/process/plugin-environment.ts";

function limited(names: readonly string[] | undefined) {
  const env = {
    PATH: "/bin",
    HOME: "/h",
    LC_ALL: "C",
    LC_CTYPE: "C",
    XLC_A: "",
    TOKEN: "secret",
    "a.b": "1",
  };
  limitEnvironment(env, names);
  return Object.keys(env);
}

describe("the environment that plugins inherit", () => {
  it("is whole without a list", () => {
    expect(limited(undefined)).toHaveLength(7);
  });

  it("has the variables of the list and PATH", () => {
    expect(limited(["HOME", "LC_*", "a.b", "OTHER"])).toEqual(["PATH", "HOME", "LC_ALL", "LC_CTYPE", "a.b"]);
    expect(limited(["aXb"])).toEqual(["PATH"]);
    expect(limited([])).toEqual(["PATH"]);
  });
});
