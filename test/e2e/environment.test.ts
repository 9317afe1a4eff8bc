import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEnvelope } from "../../src/payload/crypt.ts";
import { keyFromPassword } from "../../src/payload/key.ts";
import { createFolder } from "../support/folder.ts";
import { type Gearmand, startGearmand } from "../support/gearman/gearmand.ts";
import { startWorker } from "../support/processes/worker.ts";
import { hasServer } from "../support/servers/installed.ts";
import { Core, serviceJob } from "./core.ts";

const KEY = "a_key_of_this_test";
const TELL = 'echo "[$OMD_WORKER_KEY$OMD_WORKER_PASSWORD$OMD_WORKER_STATUS_PAGE_AUTH] $OMD_WORKER_SERVICES"';
const PERL = `#!/usr/bin/perl
# nagios: +epn
print "[", join("", map { $ENV{"OMD_WORKER_$_"} // "" } qw(KEY PASSWORD STATUS_PAGE_AUTH)), "] $ENV{OMD_WORKER_SERVICES}\\n";
exit 0;
`;

describe.skipIf(!hasServer("gearmand") || !hasServer("perl"))("a worker set up by its environment", () => {
  let gearmand: Gearmand;
  beforeAll(async () => {
    gearmand = await startGearmand();
  });
  afterAll(() => gearmand?.stop());

  it("has its key, also after a reload, and no plugin has it", async () => {
    using folder = createFolder();
    const plugin = join(folder.path, "check_env.pl");
    writeFileSync(plugin, PERL, { mode: 0o755 });
    const key = keyFromPassword(Buffer.from(KEY));
    await using core = new Core({
      port: gearmand.port,
      envelope: createEnvelope({ encryption: true, key }),
    });
    await using worker = await startWorker([], ["encryption=yes"], {
      env: {
        OMD_WORKER_SERVER: `127.0.0.1:${gearmand.port}`,
        OMD_WORKER_KEY: KEY,
        OMD_WORKER_STATUS_PAGE_AUTH: "/s3cr3t/logins",
        OMD_WORKER_SERVICES: "yes",
        OMD_WORKER_MAX_WORKR: "5",
      },
    });
    expect(worker.linesWith("there is no option max_workr")).toHaveLength(1);
    const commands = [`/bin/sh -c '${TELL}'`, `${TELL}; true`, plugin];
    const ask = async () => {
      core.results.splice(0);
      await core.submit("service", ...commands.map((line, at) => serviceJob(String(at), line)));
      await core.collected(commands.length);
      return core.results.map(({ fields }) => fields.get("output"));
    };
    const nothing = commands.map(() => "[] yes");
    expect(await ask()).toEqual(nothing);
    expect(worker.linesWith("via=warm")).toHaveLength(1);

    worker.signal("SIGHUP");
    await worker.logged("reloading config was successful");
    expect(await ask()).toEqual(nothing);
  });
});
