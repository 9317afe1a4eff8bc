import { userInfo } from "node:os";
import { expect, it } from "vitest";
import { readAccount } from "../../../plugins/transport/account.ts";
import { CheckDeclined } from "../../../sdk/index.ts";

it("the worker's user", () => {
  expect(readAccount()).toEqual(userInfo());
});

it("a user that has no name is left to the plugin", () => {
  const fail = () => {
    throw new Error("A system error occurred: uv_os_get_passwd returned ENOENT (no such file or directory)");
  };
  expect(() => readAccount(fail)).toThrow(CheckDeclined);
});
