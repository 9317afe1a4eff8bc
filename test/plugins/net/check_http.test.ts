import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkHttp } from "../../../plugins/net/check_http.ts";
import { FakeServers, startRecordedServers } from "../../support/fake-servers.ts";
import { type Nginx, startNginx } from "../../support/nginx.ts";
import { hasServer } from "../../support/servers.ts";
import { replay } from "../oracle.ts";
import { oddServer } from "./http-pages.ts";

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

  it("are answered as the plugin answered them", async () => {
    const replayed = await replay(checkHttp, { places, atOnce: 16 });
    expect(replayed.differences).toEqual([]);
    expect(replayed).toMatchObject({
      counts: { equal: 65, executed: 7, different: 0 },
      executed: { badargs: 5, verbose: 1, version: 1 },
    });
  });
});
