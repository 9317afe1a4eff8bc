import { type CheckOutput, defineCheck, type RunContext, withinSeconds } from "../../sdk/index.ts";
import { failure } from "./api.ts";
import { PROMETHEUS_OPTIONS, type PrometheusCommand, readPrometheusCommand } from "./arguments.ts";
import { MODES } from "./modes.ts";

export const checkPrometheus = defineCheck({
  name: "check_prometheus",
  summary: "a query of Prometheus, its build, or the health of its targets",
  replaces: {
    suite: "github.com/consol-monitoring/check_prometheus",
    versions: ["0.0.7"],
    program: /(?<![0-9])(0\.0\.7)(?![0-9])/,
  },
  options: PROMETHEUS_OPTIONS,
  read: readPrometheusCommand,
  target: ({ address }) => URL.parse(address)?.hostname ?? address,
  run,
});

async function run(command: PrometheusCommand, { signal, shared }: RunContext): Promise<CheckOutput> {
  const { timeout: seconds, address, mode } = command;
  const path = mode === "targets_health" ? "targets" : "query";
  const method = mode === "targets_health" ? "Get" : "Post";
  const url = `${address.replace(/\/$/, "")}/api/v1/${path}`;
  const onTimeout = () => failure(`${method} "${url}": context deadline exceeded`);
  return withinSeconds({ seconds, signal, onTimeout }, (deadline) =>
    MODES[mode](command, { address, shared, signal: deadline }),
  );
}
