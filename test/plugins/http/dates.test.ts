import { describe, expect, it } from "vitest";
import { checkHttp } from "../../../plugins/http/check_http.ts";
import { judgeAge } from "../../../plugins/http/dates.ts";
import { FakeServers } from "../../support/servers/fake-servers.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { findPlugin } from "../core/real-plugins.ts";
import { compareWithPlugin } from "../differential.ts";
import { listPaths, oddServer } from "./pages.ts";

const NOW = "Date: Mon, 02 Jan 2023 00:00:00 GMT\r\n";

it.each<[string, string | undefined]>([
  [`${NOW}Last-Modified: Sun, 01 Jan 2023 23:00:00 GMT`, undefined],
  [`${NOW}Last-Modified: Sun, 01 Jan 2023 22:59:59 GMT`, "Last modified 1:00:01 ago"],
  [`${NOW}Last-Modified: Sat, 31 Dec 2022 00:00:00 GMT`, "Last modified 48:00:00 ago"],
  [`${NOW}Last-Modified: Fri, 30 Dec 2022 12:00:00 GMT`, "Last modified 2.5 days ago"],
  [`${NOW}LAST-MODIFIED:\r\n\tMon, 02 Jan 2023 00:00:31 GMT`, "Document is 31 seconds in the future"],
  [`${NOW}Last-Modified: Mon, 02 Jan 2023 00:00:30 GMT`, undefined],
  [NOW, "Document modification date unknown"],
  ["Last-Modified: Sun, 01 Jan 2023 23:00:00 GMT", "Server date unknown"],
  [`${NOW}Last-Modified: never`, `Document date "${"never".padStart(100)}" unparsable`],
  ["Date: now\r\nLast-Modified: never", `Server date "${"now".padStart(100)}" unparsable`],
])("an hour at most: %j", (header, text) => {
  expect(judgeAge(header, 3_600)?.text).toBe(text);
});

describe.skipIf(!hasServer("check_dummy"))("the same answers as the plugin", () => {
  it("of dates near and far", async () => {
    await using servers = new FakeServers();
    const port = String(await servers.tcp(oddServer({ plain: 0, tls: 0 })));
    const paths = listPaths().filter((path) => path.startsWith("/dates/"));
    const lines = paths.map((path) => ["-H", "127.0.0.1", "-p", port, "-u", path, "-M", "1h"]);
    const compared = await compareWithPlugin(checkHttp, findPlugin("check_http") ?? "", lines);
    expect(compared).toMatchObject({ equal: lines.length, differences: [] });
  });
});
