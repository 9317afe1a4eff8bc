import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { ByteString } from "../../src/byte-string.ts";
import { createEnvelope } from "../../src/payload/crypt.ts";
import { keyFromPassword } from "../../src/payload/key.ts";
import { type Gearmand, startGearmand } from "../support/gearman/gearmand.ts";
import { expectedResult } from "../support/mod-gearman/pick-list.ts";
import {
  fieldsOf,
  plainOf,
  RECORDED_IDENTIFIER,
  type RecordedPair,
  type RecordedPayload,
  recordedEvents,
  recordedPairs,
  wireOf,
} from "../support/mod-gearman/recorded.ts";
import { type RunningWorker, startWorker } from "../support/processes/worker.ts";
import { hasServer } from "../support/servers/installed.ts";
import { type CollectedResult, Core } from "./core.ts";

const FIXTURES = new URL("../fixtures/mod-gearman/", import.meta.url);
/** Where the plugins lay while they were recorded, in `plugins`; what they wrote went to `var` beside it. */
const RECORDED_FOLDER = "/srv/rig";
const ENVIRONMENT = { RIGVAR: "rigvar set", HOME: "/root" };

const PAIRS = recordedPairs();
const CASES = PAIRS.map((pair) => ({ pair, commandLine: fieldsOf(pair).get("command_line") }));
const EVENT_HANDLERS = recordedEvents().filter(({ queue }) => queue === "eventhandler");
const NOTIFICATIONS = recordedEvents().filter(({ queue }) => queue === "notification");
const WRITTEN_BY_C: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(new URL("sideeffects-enc.json", FIXTURES), "utf8"),
).c;

const KEY = PAIRS[0]?.key ?? "";
const ENVELOPE = createEnvelope({ encryption: true, key: keyFromPassword(Buffer.from(KEY)) });

describe.skipIf(!hasServer("gearmand"))("what Naemon sent to the C and the Go worker, sent to ours", () => {
  let folder: string;
  let gearmand: Gearmand;
  let worker: RunningWorker;
  let core: Core;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "omd-worker-rig-"));
    cpSync(new URL("plugins", FIXTURES), join(folder, "plugins"), { recursive: true });
    mkdirSync(join(folder, "var"));
    gearmand = await startGearmand();
    worker = await startWorker(
      [gearmand.port],
      [
        ...[
          "encryption=yes",
          `key=${KEY}`,
          `identifier=${RECORDED_IDENTIFIER}`,
          "min-worker=40",
          "max-worker=40",
        ],
        ...["hosts=yes", "services=yes", "eventhandler=yes", "notifications=yes"],
        ...["hostgroups=alpha,beta,gamma", "servicegroups=sgdb"],
      ],
      { env: ENVIRONMENT },
    );
    core = new Core({ port: gearmand.port, envelope: ENVELOPE });
  });
  afterAll(async () => {
    await core?.[Symbol.asyncDispose]();
    await worker?.[Symbol.asyncDispose]();
    await gearmand?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The recorded bytes, but for the folder. */
  const submit = (recorded: RecordedPayload) => {
    const text = ENVELOPE.open(wireOf(recorded)).replaceAll(RECORDED_FOLDER, folder);
    return core.submitRaw(recorded.queue, ENVELOPE.seal(text));
  };
  const written = (file: string) => readFileSync(join(folder, "var", file), { encoding: "utf8", flag: "a+" });

  describe("a check's result is the pick list's choice, byte for byte", () => {
    let results: ReadonlyMap<string, readonly ByteString[]>;

    beforeAll(async () => {
      for (const pair of PAIRS) await submit(pair);
      await core.collected(PAIRS.length);
      results = Map.groupBy(core.results, jobOf)
        .entries()
        .reduce((all, [job, found]) => all.set(job, found.map(textOf)), new Map<string, ByteString[]>());
    });

    const textOf = ({ text }: CollectedResult) => withoutTimes(text.replaceAll(folder, RECORDED_FOLDER));

    it.each(CASES)("$commandLine", ({ pair }) => {
      expect(results.get(jobOf({ fields: fieldsOf(pair) }))).toEqual([expectedText(pair)]);
    });

    it("and there is no other result", () => {
      expect(core.results.length).toBe(PAIRS.length);
    });
  });

  it("event handlers do what they did for the C worker", async () => {
    for (const job of EVENT_HANDLERS) await submit(job);
    await vi.waitFor(() => expect(linesOf(written("ev.log")).length).toBe(EVENT_HANDLERS.length));
    expect(linesOf(written("ev.log"))).toEqual(linesOf(WRITTEN_BY_C["ev.log"]));
  });

  it("notifications do what they did for the C worker, with all four variables set right", async () => {
    const expected: string[] = [];
    for (const job of NOTIFICATIONS) {
      await submit(job);
      // One at a time: two that write at once would mix their lines.
      await worker.logged("notification job done", NOTIFICATIONS.indexOf(job) + 1);
      const line = written("notify.log").split("\n").at(-2) ?? "";
      if (line.startsWith("NO|")) expected.push(line, ...nagiosVariables(job), "--");
    }
    expect(linesOf(written("notify.log"))).toEqual(linesOf(WRITTEN_BY_C["notify.log"]));
    expect(written("notify-env.log")).toBe(`${expected.join("\n")}\n`);
    // The C worker sets two, of which the long one holds the short text.
    const isRightInC = (line: string) => /^NAGIOS_HOSTOUTPUT=/.test(line);
    expect(linesOf(written("notify-env.log")).filter(isRightInC)).toEqual(
      linesOf(WRITTEN_BY_C["notify-env.log"]).filter(isRightInC),
    );
  });

  it("none of these is answered", () => {
    expect(core.results.length).toBe(PAIRS.length);
  });
});

/** core_start_time of a result must be the core_time of its job. */
function jobOf({ fields }: { readonly fields: ReadonlyMap<string, ByteString> }): string {
  const time = fields.get("core_start_time") ?? fields.get("core_time");
  return [fields.get("host_name"), fields.get("service_description"), time].join("|");
}

/** The Go worker's result has our form: what the pick list chose is put in. */
function expectedText(pair: RecordedPair): ByteString {
  const [go] = pair.result_go;
  const { returnCode, output } = expectedResult(pair);
  const text = go === undefined ? "" : withoutTimes(plainOf(go));
  return text
    .replace(/^return_code=.*$/m, `return_code=${returnCode}`)
    .replace(/^output=[\s\S]*$/m, () => `output=${output}`);
}

function withoutTimes(text: ByteString): ByteString {
  return text.replace(/^(start_time|finish_time)=\d+\.\d{6}$/gm, "$1=");
}

function linesOf(text = ""): readonly string[] {
  return text.split("\n").slice(0, -1).sort();
}

/** As `env | sort` prints them. Present cores name no object in a notification, so both pairs are set. */
function nagiosVariables(job: RecordedPayload): readonly string[] {
  const fields = fieldsOf(job);
  const variable = (name: string, field: string) => {
    const value = Buffer.from(fields.get(field) ?? "", "latin1").toString("utf8");
    return value === "" || value === "(null)" ? [] : [`${name}=${value}`];
  };
  return [
    ...variable("NAGIOS_HOSTOUTPUT", "plugin_output"),
    ...variable("NAGIOS_LONGHOSTOUTPUT", "long_plugin_output"),
    ...variable("NAGIOS_LONGSERVICEOUTPUT", "long_plugin_output"),
    ...variable("NAGIOS_SERVICEOUTPUT", "plugin_output"),
  ];
}
