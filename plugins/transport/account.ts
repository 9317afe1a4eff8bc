import { type UserInfo, userInfo } from "node:os";
import { CheckDeclined } from "../../sdk/index.ts";

/**
 * The worker's user as its libraries would find it. A container may run as a number that has no name: what a
 * plugin makes of that is left to it. Throws a CheckDeclined.
 */
export function readAccount(read: () => UserInfo<string> = userInfo): UserInfo<string> {
  try {
    return read();
  } catch (cause) {
    throw new CheckDeclined("the worker's user has no name here", { cause });
  }
}
