import { PERFDATA_TABLE, type PerfdataConfig } from "../../../integrations/influxdb/options/table.ts";
import { type LoadedConfig, loadConfig } from "../../config/load.ts";
import { thisMachine } from "../../config/machine.ts";
import { ConfigError, renderProblem } from "../../config/problem.ts";
import { joinValues } from "../../config/read/join-values.ts";
import { optionsOf } from "../../config/table.ts";
import { type CommandResult, help, wrongCall } from "../command.ts";
import type { Io } from "../io.ts";
import { toolVersion } from "../tools/run-tool.ts";

const NAME = "omd-worker perfdata";
const [CHECK_CONFIG, LINES] = ["--check-config", "--lines"];

export async function perfdataCommand(argv: readonly string[], io: Io): Promise<CommandResult> {
  if (argv.includes(LINES)) {
    if (argv.length > 1) return wrongCall(`${LINES} stands alone`);
    const { printLines } = await import("../perfdata/print-lines.ts");
    return printLines(io);
  }
  const words = argv.filter((word) => word !== CHECK_CONFIG);
  try {
    const options = joinValues(words, optionsOf(PERFDATA_TABLE.groups));
    const loaded = loadConfig(PERFDATA_TABLE, options, { ...thisMachine(), env: io.env });
    switch (loaded.wants) {
      case "help":
        return help();
      case "version":
        io.stdout(await toolVersion(NAME));
        return 0;
      case "run":
        return argv.includes(CHECK_CONFIG) ? tellChecked(loaded, io) : await run(loaded, io);
    }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    io.stderr(`${error.message}\nsee: ${NAME} --help\n`);
    return 1;
  }
}

function tellChecked({ config, warnings }: LoadedConfig<PerfdataConfig>, io: Io): number {
  for (const warning of warnings) io.stdout(`${renderProblem(warning)}\n`);
  const places = [
    ...config.target.map(({ name, url }) => `${name} (${url.href})`),
    ...(config.pnpSpool === undefined ? [] : [`pnp4nagios (${config.pnpSpool})`]),
  ];
  io.stdout(`the configuration can be used, lines go to ${places.join(", ")}\n`);
  return 0;
}

async function run(loaded: LoadedConfig<PerfdataConfig>, io: Io): Promise<number> {
  const { servePerfdata } = await import("../perfdata/serve.ts");
  return servePerfdata(loaded, io);
}
