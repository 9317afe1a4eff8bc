import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkHttp } from "../../../plugins/http/check_http.ts";
import { NATIVE_HTTP_KEEPALIVE } from "../../../plugins/http/settings.ts";
import { SharedValues } from "../../../sdk/shared.ts";
import { FakeServers, startRecordedServers } from "../../support/servers/fake-servers.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { type Nginx, startNginx } from "../../support/servers/nginx.ts";
import { type NormalRule, replay } from "../oracle.ts";
import { oddServer } from "./pages.ts";

/** `Connection: keep-alive` is longer than `Connection: close`, and the server repeats it. */
const KEPT: readonly NormalRule[] = [
  [/\b\d+ bytes in/g, "N bytes in"],
  [/\bsize=\d+B/g, "size=NB"],
];

describe.skipIf(!hasServer("nginx"))("the transcripts", () => {
  const servers = new FakeServers();
  let nginx: Nginx;
  let places: Record<string, string> = {};
  beforeAll(async () => {
    nginx = await startNginx();
    places = await startRecordedServers(servers);
    places["17010"] = String(await servers.tcp(oddServer({ plain: 0, tls: 0 })));
    places["18080"] = String(nginx.port);
    places["18443"] = String(nginx.tlsPort);
  });
  afterAll(() => Promise.all([servers[Symbol.asyncDispose](), nginx[Symbol.asyncDispose]()]));

  it.concurrent.each<[string, boolean, readonly NormalRule[]]>([
    ["each over a connection of its own", false, []],
    ["over connections that are kept", true, KEPT],
  ])("are answered as the plugin answered them, %s", async (_, isKept, rules) => {
    const settings = new Map([[NATIVE_HTTP_KEEPALIVE, isKept]]);
    await using shared = new SharedValues({ log: () => {}, settings: () => settings });
    const replayed = await replay(checkHttp, { places, rules, atOnce: 16, shared });
    expect(replayed.differences).toEqual([]);
    expect(replayed).toMatchObject({
      counts: { equal: 64, executed: 7, different: 0 },
      executed: { badargs: 5, verbose: 1, version: 1 },
    });
  });
});
