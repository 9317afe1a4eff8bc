import { afterEach, describe, expect, it } from "vitest";
import { Meter } from "../../../integrations/metrics-text/meter.ts";
import { createMeterServer } from "../../../integrations/metrics-text/meter-server.ts";
import type { ProbeServer } from "../../../src/probe-server.ts";
import { checkLeaks } from "../../support/leaks.ts";
import { stubLog } from "../../support/stub-log.ts";

checkLeaks();

function createMeter() {
  return new Meter({
    plain: { name: "x_total", type: "counter", help: "all" },
    more: { name: "x_total_more", type: "counter", help: "by kind", labels: ["kind", "of"] },
    level: { name: "x_level", type: "gauge", help: "now" },
  });
}

it("metrics are rendered as Prometheus reads them", () => {
  const meter = createMeter();
  meter.add("plain", 2);
  meter.add("more", 1, 'a"b\\c\nd', "");
  meter.add("more", 1, 'a"b\\c\nd', "");
  meter.set("level", 1.5);
  expect(meter.render()).toBe(
    [
      ...["# HELP x_total all", "# TYPE x_total counter", "x_total 2"],
      ...[
        "# HELP x_total_more by kind",
        "# TYPE x_total_more counter",
        'x_total_more{kind="a\\"b\\\\c\\nd",of=""} 2',
      ],
      ...["# HELP x_level now", "# TYPE x_level gauge", "x_level 1.5", ""],
    ].join("\n"),
  );
});

it("a counter without labels is there before it counts", () => {
  expect(createMeter().render()).toContain("\nx_total 0\n");
});

describe("the server of metrics", () => {
  const log = stubLog();
  let server: ProbeServer | undefined;
  afterEach(() => server?.[Symbol.asyncDispose]());

  it.each<[string, string | undefined, number, string]>([
    ["GET /metrics?a=b", undefined, 200, "m 1\n"],
    ["GET /livez", "broken", 200, "ok\n"],
    ["GET /readyz", undefined, 200, "ok\n"],
    ["GET /readyz", "the server is away", 503, "the server is away\n"],
    ["HEAD /metrics", undefined, 200, ""],
    ["POST /metrics", undefined, 405, "only GET and HEAD\n"],
    ["GET /", undefined, 404, "there are /metrics, /livez and /readyz\n"],
  ])("answers %s, not ready for: %s", async (request, whyNotReady, code, text) => {
    server = createMeterServer({ render: () => "m 1\n", whyNotReady: () => whyNotReady, log });
    const port = await server.listen({ host: "127.0.0.1", port: 0 });
    const [method = "", path = ""] = request.split(" ");
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { Connection: "close" },
    });
    expect([response.status, await response.text()]).toEqual([code, text]);
  });

  it("tells the log what went wrong, and the asker only that", async () => {
    const render = () => Promise.reject(new Error("a secret of the program"));
    server = createMeterServer({ render, whyNotReady: () => undefined, log });
    const port = await server.listen({ host: "127.0.0.1", port: 0 });
    const response = await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { Connection: "close" } });
    expect([response.status, await response.text()]).toEqual([
      500,
      "the program has a fault, its log says more\n",
    ]);
    expect(log.error).toHaveBeenCalledExactlyOnceWith({ err: expect.any(Error) }, "cannot answer /metrics");
  });

  it("says that it cannot listen", async () => {
    server = createMeterServer({ render: () => "", whyNotReady: () => undefined, log });
    const port = await server.listen({ host: "127.0.0.1", port: 0 });
    const second = createMeterServer({ render: () => "", whyNotReady: () => undefined, log });
    await expect(second.listen({ host: "127.0.0.1", port })).rejects.toThrow("EADDRINUSE");
  });
});
