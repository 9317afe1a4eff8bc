import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { SharedValues } from "../../../sdk/shared.ts";
import { createSecretFiles } from "../../../src/run/references/secret-files.ts";
import { createRouter } from "../../../src/run/routing/router.ts";
import { createRunner } from "../../../src/run/run.ts";
import { SiteShelf } from "../../../src/run/shelf.ts";
import { createFolder } from "../../support/folder.ts";
import { stubLog } from "../../support/stub-log.ts";

const SOURCE = `
import { defineCheck, text } from "omd-worker/sdk";
export const checkDoor = defineCheck({
  name: "check_door",
  summary: "a door",
  options: { code: text("-c, --code=TEXT", "opens it", { secret: true }) },
  run({ code }, { values }) {
    const runs = Number(values.get("runs") ?? 0) + 1;
    values.set("runs", runs);
    return { returnCode: 0, output: \`OK \${runs} \${code.length} \${code}\` };
  },
});
`;

it("a site's check in its thread gets the secret, and remembers under the reference", async () => {
  using folder = createFolder();
  writeFileSync(join(folder.path, "check_door.ts"), SOURCE);
  writeFileSync(join(folder.path, "code"), "first-one\n");
  const log = stubLog();
  await using shelf = new SiteShelf({ builtin: [], log });
  await shelf.open([folder.path]);
  const router = createRouter({
    shelf,
    followsReferences: true,
    identify: () => ({ kind: "absent", why: "" }),
    switches: {
      mode: "on",
      speaksEnglish: true,
      only: [],
      except: [],
      internalOff: [],
      experimental: [],
    },
  });
  await using shared = new SharedValues({ log: () => {} });
  const runner = createRunner({
    router,
    shared,
    log,
    findMarks: shelf.find,
    readSecret: createSecretFiles(folder.path),
    executor: { run: () => Promise.reject(new Error("nothing is executed")) },
  });
  const run = async (commandLine: string) => {
    const { outcome, via } = await runner(
      {
        type: "service",
        hostName: "h",
        serviceDescription: "s",
        commandLine,
        resultQueue: undefined,
        targetQueue: undefined,
        coreTime: undefined,
        timeout: undefined,
        pluginOutput: undefined,
        longPluginOutput: undefined,
        contact: undefined,
      },
      20,
    );
    return outcome.kind === "exited" ? `${via}: ${outcome.stdout}` : outcome.kind;
  };
  expect(await run("/p/check_door -c $SECRET:code$")).toBe("native: OK 1 9 ***");
  writeFileSync(join(folder.path, "code"), "the-second\n");
  expect(await run("/p/check_door -c $SECRET:code$")).toBe("native: OK 2 10 ***");
  expect(await run("/p/check_door -c $SECRET:code$")).toBe("native: OK 3 10 ***");
  expect(await run("/p/check_door -c the-second")).toBe("native: OK 1 10 the-second");
});
