import { describe, expect, expectTypeOf, it } from "vitest";
import { diffConfig } from "../../src/config/diff.ts";
import { loadConfig } from "../../src/config/load.ts";
import { type ConfigOption, INCLUDE, noEffect, RESTART } from "../../src/config/option.ts";
import { error, renderProblem } from "../../src/config/problem.ts";
import { renderEffective } from "../../src/config/render/effective.ts";
import { renderOptions } from "../../src/config/render/help.ts";
import { renderSampleConf } from "../../src/config/render/sample.ts";
import { JOB_SERVER_ROWS } from "../../src/config/rows/job-servers.ts";
import { PROCESS_ROWS } from "../../src/config/rows/process.ts";
import { SEND_TOOL_ROWS } from "../../src/config/rows/send-tools.ts";
import type { Secret } from "../../src/config/secret.ts";
import { type ConfigTable, use } from "../../src/config/table.ts";
import { type ValuesOf, withDefaults } from "../../src/config/values.ts";
import type { WrittenAddress } from "../../src/gearman/server-address.ts";
import { load, problemsOf } from "../support/config/load-memory.ts";
import { type MemoryMachine, memoryMachine } from "../support/config/memory-machine.ts";

/** A second program beside the worker: a tool that sends one result, and shares rows with it. */
const SERVERS = use(JOB_SERVER_ROWS, {
  server: RESTART,
  key: RESTART,
  dupserver: noEffect("a tool sends its result once"),
});
const RESULT = use(SEND_TOOL_ROWS, { host: RESTART, message: RESTART, returncode: RESTART });
const FILES = use(PROCESS_ROWS, { config: INCLUDE });

type ToolOption = (typeof SERVERS | typeof RESULT)[number];
type ToolConfig = ValuesOf<ToolOption>;

const TOOL: ConfigTable<ToolConfig> = {
  groups: [
    { title: "Job servers", options: SERVERS },
    { title: "Result", options: RESULT },
    { title: "Files", options: FILES },
  ],
  complete: (draft, { machine, report }) => {
    const config = withDefaults<ToolOption>([...SERVERS, ...RESULT], draft, machine);
    if (config.host === undefined) report(error("no host"));
    return { config };
  },
};

function loadTool(argv: readonly string[], given?: MemoryMachine) {
  const loaded = loadConfig(TOOL, argv, memoryMachine(given));
  if (loaded.wants !== "run") throw new Error(`wants ${loaded.wants}`);
  return loaded;
}

describe("a table of another program", () => {
  it("types its values by the rows it uses", () => {
    expectTypeOf<ToolConfig>().toEqualTypeOf<{
      readonly server: readonly WrittenAddress[];
      readonly key: Secret | undefined;
      readonly host: string | undefined;
      readonly message: string | undefined;
      readonly returncode: number;
    }>();
  });

  it("reads files, arguments and the environment as the worker does", () => {
    const files = { "/tool.conf": "server=a\nhost=web1\nreturncode=2 # CRITICAL" };
    const env = { GEARMAN_SERVERS: "b:1" };
    const { config, origins } = loadTool(["--config=/tool.conf", "--message=down"], { files, env });
    expect(config).toEqual({
      server: [
        { host: "a", port: 4730 },
        { host: "b", port: 1 },
      ],
      key: undefined,
      host: "web1",
      message: "down",
      returncode: 2,
    });
    expect(origins.get("returncode")).toEqual([{ file: "/tool.conf", line: 3 }]);
    expect(Object.isFrozen(config.server[0])).toBe(true);
  });

  it("checks its values itself, and needs no key or queue", () => {
    expect(problemsOf(() => loadTool(["server=a"]))).toEqual(["no host"]);
  });

  it("knows only its own options, and guesses among them", () => {
    const { warnings } = loadTool(["host=a", "max-worker=7", "mesage=down"]);
    expect(warnings.map(renderProblem)).toEqual([
      "command line: warning: unknown option 'max-worker'",
      "command line: warning: unknown option 'mesage' (did you mean message?)",
    ]);
  });

  it("says of an option what it does in this program", () => {
    const effects = (options: readonly ConfigOption[]) =>
      options.map((option) => [option.name, option.effect === "none" ? option.why : option.effect]);
    expect(effects(loadTool(["host=a", "dupserver=b"]).withoutEffect)).toEqual([
      ["dupserver", "a tool sends its result once"],
    ]);
    expect(effects(load(["server=a", "encryption=no", "host=a", "dupserver=b"]).withoutEffect)).toEqual([
      ["host", "the command line tools use it"],
    ]);
  });

  it("renders its own help, sample and values", () => {
    expect(renderOptions(TOOL.groups)).toContain(
      "\nResult:\n  --host=<text>\n      Host the result is for.\n",
    );
    expect(renderOptions(TOOL.groups)).not.toContain("dupserver");
    expect(renderSampleConf(TOOL.groups)).toContain(
      "# Return code of the result. Default: 0\n#returncode=0\n",
    );
    const { config, origins } = loadTool(["host=web1", "key=should_be_changed"]);
    expect(renderEffective(TOOL.groups, config, origins).split("\n")).toContain(
      "key=****                                 # command line",
    );
  });
});

it("an option of one table changes nothing in another", () => {
  const worker = (...argv: readonly string[]) => load(["server=a", "encryption=no", ...argv]).config;
  expect(diffConfig(worker(), worker("message=down"))).toEqual({ live: [], reconnect: [], restart: [] });
});
