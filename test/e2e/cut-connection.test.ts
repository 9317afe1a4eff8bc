import { describe, expect, it } from "vitest";
import { createFolder, writeBook } from "../support/folder.ts";
import { untilStatus } from "../support/gearman/actors.ts";
import { Cutter, type Direction } from "../support/gearman/cutter.ts";
import { startGearmand } from "../support/gearman/gearmand.ts";
import { startWorker } from "../support/processes/worker.ts";
import { hasServer } from "../support/servers/installed.ts";
import { Core, serviceJob } from "./core.ts";

/** A job and its result are some 400 bytes in each direction. `CUT_EVERY=1` cuts after each of them. */
const EVERY = Number(process.env["CUT_EVERY"] ?? 29);
const MOST = 2_000;

describe.skipIf(!hasServer("gearmand"))("a connection that is cut after so many bytes", () => {
  it.each<Direction>(["up", "down"])(
    "loses no result and lets no job run twice, wherever it is cut on the way %s",
    { timeout: 1_800_000 },
    async (direction) => {
      using folder = createFolder();
      const book = writeBook(folder.path);
      const gearmand = await startGearmand();
      const address = { host: "127.0.0.1", port: gearmand.port };
      await using core = new Core({ port: gearmand.port });
      await using cutter = await Cutter.start(gearmand.port);
      await using _worker = await startWorker([cutter.port], ["services=yes", "min-worker=3"]);
      const names: string[] = [];
      for (let bytes = 0; bytes < MOST && !cutter.isToCut; bytes += EVERY) {
        const name = `after ${bytes}`;
        names.push(name);
        cutter.cutAfter(bytes, direction);
        await core.submit("service", serviceJob(name, book.plugin(`'${name}'`)));
        await core.collected(names.length);
        for (const queue of ["service", "check_results"]) await untilStatus(address, queue, { total: 0 });
        // A result whose receipt was lost is sent again: it is the same, and counts once.
        const texts = new Map(core.results.map((each) => [each.text, each]));
        core.results.splice(0, core.results.length, ...texts.values());
      }
      expect(names.length).toBeGreaterThan(300 / EVERY);
      expect(core.services).toEqual(names.toSorted());
      expect(book.entries()).toEqual(names);
      await gearmand.stop();
    },
  );
});
