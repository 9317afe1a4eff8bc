import { expect, it, vi } from "vitest";
import { MetricsServer } from "../../src/metrics/http-server.ts";
import { Page } from "../../src/page/page.ts";
import { LogTail } from "../../src/page/snapshot/log-tail.ts";
import { checkLeaks } from "../support/leaks.ts";
import { stubLog } from "../support/stub-log.ts";
import { SCENES } from "./scenes.ts";

checkLeaks();

it("tells of a reload that failed, until one succeeds", async () => {
  const log = stubLog();
  const status = () => ({ ...SCENES.idle.status });
  using page = new Page(undefined);
  const served = page.serve({
    status,
    inFlight: () => 0,
    queues: async () => [],
    config: () => [],
    tail: new LogTail(),
    log,
  });
  using server = new MetricsServer({
    status,
    page: served,
    log,
    metrics: { contentType: "", render: async () => "" },
  });
  const port = await server.listen({ host: "127.0.0.1", port: 0 });
  const wrong = async () => {
    const { body } = await fetch(`http://127.0.0.1:${port}/events`, { headers: { connection: "close" } });
    let text = "";
    for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      const [, whole] = /^data: (.*)\n\n/m.exec(text) ?? [];
      if (whole !== undefined) return JSON.parse(whole).wrong;
    }
  };
  page.reloaded(false);
  expect(await wrong()).toMatchObject([{ rule: "reloadFailed", level: "problem" }]);
  page.reloaded(true);
  await vi.waitFor(async () => expect(await wrong()).toEqual([]));
});
