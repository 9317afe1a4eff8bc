import { once } from "node:events";
import { connect } from "node:net";
import { expect, it } from "vitest";
import { errnoName, errnoText } from "../../../plugins/libc/errno.ts";
import { freePort } from "../../support/free-port.ts";

/** Errors as Node makes them: both have the same code. */
const notFound = (errno: number) =>
  Object.assign(new Error("getaddrinfo ENOTFOUND h"), { code: "ENOTFOUND", errno });

it.each<readonly [string, unknown, string, string]>([
  ["a name without addresses", notFound(-3007), "EAI_NODATA", "No address associated with hostname"],
  ["an unknown name", notFound(-3008), "EAI_NONAME", "Name or service not known"],
  ["an error without a number", Object.assign(new Error("no"), { code: "ERR_X" }), "ERR_X", "ERR_X"],
  ["an error without either", new Error("no"), "no", "no"],
  ["no error at all", "no", "no", "no"],
])("%s", (_, error, name, text) => {
  expect([errnoName(error), errnoText(errnoName(error))]).toEqual([name, text]);
});

it("gives the plugins' text for a port that is closed", async () => {
  const [error] = await once(connect(await freePort(), "127.0.0.1"), "close").catch((thrown) => [thrown]);
  expect(errnoName(error)).toBe("ECONNREFUSED");
  expect(errnoText("ECONNREFUSED")).toBe("Connection refused");
});
