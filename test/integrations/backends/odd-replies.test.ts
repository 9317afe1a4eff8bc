import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { CheckedBackend } from "../../../integrations/backends/checked-backend.ts";
import { numberOf, textOf } from "../../../integrations/backends/json.ts";
import { ThrukChannel } from "../../../integrations/backends/thruk-channel.ts";

const TARGET = { host: "web1", service: "http" };
const NO_TEXT = { toString: 0, valueOf: 0 };

it.each([
  ["a text", "a", "a", Number.NaN],
  ["a number", 2, "2", 2],
  ["digits", "2", "2", 2],
  ["true", true, "true", 1],
  ["null", null, "", Number.NaN],
  ["nothing", undefined, "", Number.NaN],
  ["a list", [2], "", Number.NaN],
  ["an object that cannot become a text", NO_TEXT, "", Number.NaN],
])("%s of a reply is a text and a number, or none", (_, value, text, number) => {
  expect([textOf(value), numberOf(value)]).toEqual([text, number]);
});

async function statusOf(body: unknown) {
  const server = createServer((_, response) => response.end(JSON.stringify(body)));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const channel = new ThrukChannel({ url: `http://127.0.0.1:${port}`, apiKey: "k" });
  const found = await new CheckedBackend(channel).status(TARGET);
  channel.close();
  server.closeAllConnections();
  server.close();
  await once(server, "close");
  return found;
}

it("a problem of which Thruk does not say whether it is acknowledged is not", async () => {
  expect(await statusOf([{ state: 2 }])).toMatchObject({ state: 2, isAcknowledged: false, output: "" });
});

it("a reply of values of a wrong kind is read, and nothing is thrown", async () => {
  const row = { state: 1, acknowledged: NO_TEXT, scheduled_downtime_depth: [1], plugin_output: NO_TEXT };
  expect(await statusOf([row])).toMatchObject({ state: 1, isAcknowledged: false, output: "" });
});
