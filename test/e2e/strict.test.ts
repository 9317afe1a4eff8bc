import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFolder } from "../support/folder.ts";
import { type Gearmand, startGearmand } from "../support/gearman/gearmand.ts";
import { startWorker } from "../support/processes/worker.ts";
import { hasServer } from "../support/servers/installed.ts";
import { Core, serviceJob } from "./core.ts";

const REFUSED =
  /^ERROR: restrict_mode is strict, (?:and no restrict_allow has this command|but the command is more than)/;

describe.skipIf(!hasServer("gearmand") || !hasServer("perl"))("a worker with restrict_mode=strict", () => {
  let gearmand: Gearmand;
  beforeAll(async () => {
    gearmand = await startGearmand();
  });
  afterAll(() => gearmand?.stop());

  it("runs what a line allows, native, warm and executed, and nothing that breaks out of it", async () => {
    using folder = createFolder();
    const file = (name: string) => join(folder.path, name);
    const plugin = file("check_words.sh");
    writeFileSync(plugin, '#!/bin/sh\nprintf "words:%s\\n" "$*"\n', { mode: 0o755 });
    writeFileSync(
      file("check_warm.pl"),
      '#!/usr/bin/perl\n# nagios: +epn\nprint "warm:@ARGV\\n"; exit 0;\n',
      {
        mode: 0o755,
      },
    );
    const config = file("worker.conf");
    const allowed = [
      `${plugin} -H <host> -p <number>`,
      `${file("check_warm.pl")} <word>`,
      "/no/such/folder/check_dummy 0 <word>",
    ];
    const lines = ["services=yes", "eventhandlers=yes", "restrict_mode=strict"];
    writeFileSync(config, [...lines, ...allowed.map((line) => `restrict_allow=${line}`), ""].join("\n"));
    await using core = new Core({ port: gearmand.port });
    await using worker = await startWorker([gearmand.port], [`config=${config}`, "max-worker=4"]);
    const ask = async (...commands: readonly string[]) => {
      core.results.splice(0);
      await core.submit("service", ...commands.map((line, at) => serviceJob(String(at), line)));
      await core.collected(commands.length);
      const outputs = core.results.map(({ fields }) => [
        fields.get("service_description"),
        fields.get("output"),
      ]);
      return outputs.toSorted(([a = ""], [b = ""]) => Number(a) - Number(b)).map(([, output = ""]) => output);
    };

    expect(
      await ask(
        `${plugin} -H web1 -p 80`,
        `${file("check_warm.pl")} fine`,
        "/no/such/folder/check_dummy 0 fine",
      ),
    ).toEqual(["words:-H web1 -p 80", "warm:fine", "OK: fine"]);
    expect(worker.linesWith("via=warm")).toHaveLength(1);
    expect(worker.linesWith("via=native")).toHaveLength(1);

    const mark = file("mark");
    const attacks = [
      `${plugin} -H web1 -p 80; touch ${mark}`,
      `${plugin} -H web1 -p 80 && touch ${mark}`,
      `${plugin} -H web1 -p 80 | touch ${mark}`,
      `${plugin} -H web1 -p 80 > ${mark}`,
      `${plugin} -H $(touch ${mark}) -p 80`,
      `${plugin} -H \`touch ${mark}\` -p 80`,
      `${plugin} -H web1 -p 80 --more`,
      `${plugin} -H -p -p 80`,
      `${plugin} -H web1 -p x`,
      `LD_PRELOAD=${mark} ${plugin} -H web1 -p 80`,
      `/bin/sh -c 'touch ${mark}'`,
      `/usr/bin/touch ${mark}`,
      `touch ${mark}`,
      `negate ${plugin} -H web1 -p 80`,
      `${folder.path}/../${folder.path}/check_words.sh -H web1 -p 80`,
      `${file("check_warm.pl")} a b`,
      `${file("check_warm.pl")} -e`,
    ];
    const answers = await ask(...attacks);
    expect(answers.map((output, at) => (REFUSED.test(output) ? "refused" : [attacks[at], output]))).toEqual(
      attacks.map(() => "refused"),
    );
    expect(existsSync(mark)).toBe(false);
  });

  it("gives plugins the environment of its own list alone, unless another is named", async () => {
    using folder = createFolder();
    const plugin = join(folder.path, "check_env");
    writeFileSync(
      plugin,
      "#!/bin/sh\nenv | sed -n 's/^\\(OMD_SITE\\|LC_TIME\\|AWS_SECRET\\|EDITOR\\)=.*/\\1/p' | sort | tr '\\n' ' '\n",
      {
        mode: 0o755,
      },
    );
    const env = { OMD_SITE: "prod", LC_TIME: "C", AWS_SECRET: "s3cr3t", EDITOR: "vi" };
    for (const [options, expected] of [
      [[], "LC_TIME OMD_SITE"],
      [["plugin_environment=EDITOR"], "EDITOR"],
    ] as const) {
      await using core = new Core({ port: gearmand.port });
      const args = ["services=yes", "restrict_mode=strict", `restrict_allow=${plugin}`, ...options];
      await using _worker = await startWorker([gearmand.port], args, { env });
      await core.submit("service", serviceJob("env", plugin));
      await core.collected(1);
      expect(core.results[0]?.fields.get("output")?.trim()).toBe(expected);
    }
  });
});
