import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkHttp } from "../../../plugins/http/check_http.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { startTlsNginx, type TlsNginx } from "../../support/servers/nginx.ts";
import { findPlugin } from "../core/real-plugins.ts";
import { compareWithPlugin } from "../differential.ts";

/** The texts of `-S`, and the versions of TLS that each accepts. The plugin knows no TLS 1.3 by name. */
const ACCEPTED: Readonly<Record<string, readonly string[]>> = {
  "-S": ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"],
  "-S1": ["TLSv1"],
  "-S1.0": ["TLSv1"],
  "-S1.1": ["TLSv1.1"],
  "--ssl=1.2": ["TLSv1.2"],
  "-S1.2x": ["TLSv1.2"],
  "-S1.3": ["TLSv1"],
  "-S1+": ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"],
  "-S1.1+": ["TLSv1.1", "TLSv1.2", "TLSv1.3"],
  "-S1.2+": ["TLSv1.2", "TLSv1.3"],
  "--ssl=1.2.+": ["TLSv1.2", "TLSv1.3"],
  "-S1.3+": ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"],
  "-S2+": ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"],
  "-S3+": ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"],
};

describe.skipIf(!hasServer("check_dummy") || !hasServer("nginx"))("a server of one version of TLS", () => {
  let nginx: TlsNginx;
  beforeAll(async () => {
    nginx = await startTlsNginx();
  });
  afterAll(() => nginx[Symbol.asyncDispose]());

  it.each(Object.entries(ACCEPTED))("%s accepts what the plugin accepts: %s", async (option, versions) => {
    const lines = Object.values(nginx.ports).map((port) => ["-H", "127.0.0.1", option, "-p", String(port)]);
    const compared = await compareWithPlugin(checkHttp, findPlugin("check_http") ?? "", lines);
    const refused = compared.declined.map((answer) => Number(/"-p","([0-9]+)"/.exec(answer)?.[1]));
    const accepted = Object.entries(nginx.ports).filter(([, port]) => !refused.includes(port));
    expect(compared.differences).toEqual([]);
    expect(compared.declined.filter((answer) => !/Cannot make SSL connection/.test(answer))).toEqual([]);
    expect(accepted.map(([version]) => version)).toEqual(versions);
    expect(compared.equal + compared.declined.length).toBe(lines.length);
  });
});
