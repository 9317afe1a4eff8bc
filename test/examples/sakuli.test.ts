import { chmodSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { execa } from "execa";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createEnvelope } from "../../src/payload/crypt.ts";
import { keyFromPassword } from "../../src/payload/key.ts";
import { Core } from "../e2e/core.ts";
import { hasTool, toolPath } from "../support/fetched-tools.ts";
import { createFolder } from "../support/folder.ts";
import { type Gearmand, startGearmand } from "../support/gearman/gearmand.ts";
import { hasServer } from "../support/servers/installed.ts";

const EXAMPLE = resolve("examples/sakuli");
const KEY = "sakuli_secret";
const START = Date.UTC(2026, 10, 26, 8, 0, 0);

/** An entity as Sakuli has it. Times are in seconds. */
interface Entity {
  readonly kind: "suite" | "case" | "step";
  readonly id: string;
  readonly startDate?: Date;
  readonly endDate?: Date;
  readonly warningTime: number;
  readonly criticalTime: number;
  readonly error?: Error;
  readonly testCases?: readonly Entity[];
  readonly testSteps?: readonly Entity[];
}

interface Render {
  readonly renderPerfdata: (entity: Entity, command: string) => string;
  readonly renderOutput: (entity: Entity, command: string) => string;
  readonly stateOf: (entity: Entity) => number;
}

function entity(kind: Entity["kind"], id: string, seconds: number, more: Partial<Entity> = {}): Entity {
  const [startDate, endDate] = [new Date(START), new Date(START + seconds * 1_000)];
  return { kind, id, startDate, endDate, warningTime: 0, criticalTime: 0, ...more };
}

const SUITE = entity("suite", "example_xfce", 46.96, {
  warningTime: 300,
  criticalTime: 400,
  testCases: [
    entity("case", "case1", 14.13, {
      warningTime: 20,
      criticalTime: 30,
      testSteps: [
        entity("step", "Test Sahi landing page", 1.28, { warningTime: 5 }),
        entity("step", "Calculation", 7.3, { warningTime: 10 }),
      ],
    }),
    entity("case", "case2", 31, { warningTime: 20, criticalTime: 30 }),
  ],
});

describe("what the forwarder for Sakuli renders", () => {
  let render: Render;
  beforeAll(async () => {
    render = (await import(pathToFileURL(join(EXAMPLE, "render.mjs")).href)) as Render;
  });

  it("is perfdata as Sakuli 1 wrote it", () => {
    expect(render.renderPerfdata(SUITE, "check_sakuli")).toBe(
      [
        "suite_example_xfce=46.96s;300;400;; graph_type_suite=0;;;;",
        "suite__state=2;;;; suite__warning=300s;;;; suite__critical=400s;;;;",
        "c_001__state=0;;;; c_001__warning=20s;;;; c_001__critical=30s;;;; c_001_case1=14.13s;20;30;;",
        "s_001_001_Test_Sahi_landing_page=1.28s;5;;; s_001_002_Calculation=7.30s;10;;;",
        "c_002__state=2;;;; c_002__warning=20s;;;; c_002__critical=30s;;;; c_002_case2=31.00s;20;30;;",
        "[check_sakuli]",
      ].join(" "),
    );
  });

  it("is a line for people, and one for each case and step", () => {
    const [text = "", perfdata] = render.renderOutput(SUITE, "check_sakuli").split("|");
    expect(
      text,
    ).toBe(`CRITICAL - Sakuli suite example_xfce took 46.96 s - case case2: 31.00 s are more than 30 s
OK - case case1: 14.13 s
  OK - step Test Sahi landing page: 1.28 s
  OK - step Calculation: 7.30 s
CRITICAL - case case2: 31.00 s`);
    expect(perfdata).toContain("graph_type_suite=0");
  });

  it("is CRITICAL for an error, of which no sign and no picture gets into the perfdata", () => {
    const error = new Error(`not found | a=1\n${"data:image/png;base64,iVBORw0KGgo="} ${"x".repeat(5_000)}`);
    const suite = {
      ...SUITE,
      testCases: [entity("case", "c", 1, { testSteps: [entity("step", "s", 1, { error })] })],
    };
    expect(render.stateOf(suite)).toBe(2);
    const output = render.renderOutput(suite, "check_sakuli");
    expect(output.split("|")).toHaveLength(2);
    expect(output).toContain("not found ¦ a=1 [data] xxx");
    expect(output.length).toBeLessThan(4_000);
  });

  it("has no time of what was not ended", () => {
    const { endDate: _, ...suite } = entity("suite", "s", 1, { error: new Error("gone") });
    expect(render.renderPerfdata(suite, "check_sakuli")).toContain("suite_s=0.00s;;;;");
  });
});

describe.skipIf(!hasTool("sakuli") || !hasServer("gearmand"))("the forwarder in the real Sakuli 3", () => {
  let gearmand: Gearmand;
  let folder: ReturnType<typeof createFolder>;
  const at = (name: string) => join(folder.path, name);
  beforeAll(async () => {
    gearmand = await startGearmand();
  });
  afterAll(() => gearmand?.stop());
  beforeEach(() => {
    folder = createFolder();
    writeFileSync(
      at("omd-worker"),
      `#!/bin/sh\nexec '${process.execPath}' '${resolve("src/cli/omd-worker.ts")}' "$@"\n`,
    );
    chmodSync(at("omd-worker"), 0o755);
  });
  afterEach(() => folder[Symbol.dispose]());

  async function sakuli(script: string, properties: Readonly<Record<string, string>>, env = {}) {
    const all = { program: at("omd-worker"), ...properties };
    const named = Object.entries(all).map(([name, value]) => [`sakuli.forwarder.gearman.${name}`, value]);
    writeFileSync(at("properties.json"), JSON.stringify(Object.fromEntries(named)));
    writeFileSync(at("test.js"), `(async () => { ${script} })().then(done);`);
    const words = [resolve("test/examples/run-sakuli.cjs"), toolPath("sakuli"), EXAMPLE, folder.path];
    return execa(process.execPath, words, { reject: false, all: true, env });
  }

  const SCRIPT = `
    execution.startTestSuite({ id: "shop", warningTime: 300, criticalTime: 400 });
    execution.startTestCase({ id: "checkout", warningTime: 20, criticalTime: 30 });
    execution.startTestStep({ id: "log in", warningTime: 5 });
    execution.endTestStep();
    execution.endTestCase();
    execution.endTestSuite();`;

  it("sends the suite's result, encrypted, with perfdata, to the queue of the properties", async () => {
    const envelope = createEnvelope({ encryption: true, key: keyFromPassword(Buffer.from(KEY)) });
    await using core = new Core({ port: gearmand.port, envelope, resultQueue: "check_results_sakuli" });
    await core.connected();
    const { exitCode, all } = await sakuli(SCRIPT, {
      "server.host": "127.0.0.1",
      "server.port": String(gearmand.port),
      encryption: "true",
      "server.queue": "check_results_sakuli",
      "secret.key": KEY,
      "nagios.hostname": "sakuli_client",
    });
    expect({ exitCode, all }).toEqual({ exitCode: 0, all: expect.not.stringContaining(KEY) });
    await core.collected(1);
    const fields = core.results[0]?.fields;
    expect([
      ...["type", "host_name", "service_description", "return_code"].map((name) => fields?.get(name)),
    ]).toEqual([...["passive", "sakuli_client", "shop", "0"]]);
    expect(fields?.get("output")).toMatch(
      /^OK - Sakuli suite shop took \d+\.\d\d s\\nOK - case checkout: [\d.]+ s\\n {2}OK - step log in: [\d.]+ s\|suite_shop=\d+\.\d\ds;300;400;; graph_type_suite=0;;;; .* s_001_001_log_in=\d+\.\d\ds;5;;; \[check_sakuli\]$/,
    );
    const [start, finish] = ["start_time", "finish_time"].map((name) => Number(fields?.get(name)));
    expect(finish).toBeGreaterThanOrEqual(start ?? 0);
    expect(Math.abs(Date.now() / 1_000 - (finish ?? 0))).toBeLessThan(60);
  });

  it("sends cases and steps as services of their own, with what the environment says, and errors as CRITICAL", async () => {
    await using core = new Core({ port: gearmand.port });
    await core.connected();
    const script = SCRIPT.replace(
      "execution.endTestStep();",
      'execution.updateCurrentTestStep({ error: new Error("no such button") }); execution.endTestStep();',
    );
    const env = {
      OMD_WORKER_SERVER: `127.0.0.1:${gearmand.port}`,
      OMD_WORKER_ENCRYPTION: "no",
      OMD_WORKER_HOST: "e2e",
    };
    const { exitCode } = await sakuli(
      script,
      { results: "steps", "nagios.service_description": "Web shop" },
      env,
    );
    expect(exitCode).toBe(4);
    await core.collected(3);
    const sent = core.results.map(({ fields }) =>
      ["host_name", "service_description", "return_code"].map((name) => fields.get(name)),
    );
    expect(sent).toEqual([
      ["e2e", "Web shop", "2"],
      ["e2e", "Web shop_checkout", "2"],
      ["e2e", "Web shop_checkout_log in", "2"],
    ]);
    expect(core.results[2]?.fields.get("output")).toContain(
      "no such button|graph_type_step=0;;;; s_001_001_log_in=",
    );
  });

  it("says what is wrong: no job server, a property that means nothing; and can be off", async () => {
    const lost = await sakuli(SCRIPT, {
      "server.host": "127.0.0.1",
      "server.port": "1",
      encryption: "no",
      "nagios.hostname": "h",
    });
    expect(lost.exitCode).toBe(0);
    expect(lost.all).toContain("omd-worker: the result of shop on h is lost: ");
    const wrong = await sakuli(SCRIPT, { "nagios.hostname": "h", results: "all" });
    expect(wrong).toMatchObject({
      exitCode: 99,
      all: expect.stringContaining("sakuli.forwarder.gearman.results is 'all'"),
    });
    const nameless = await sakuli(SCRIPT, {});
    expect(nameless.all).toContain("sakuli.forwarder.gearman.nagios.hostname is not set");
    const off = await sakuli(SCRIPT, { enabled: "false" });
    expect(off.exitCode).toBe(0);
  });
});
