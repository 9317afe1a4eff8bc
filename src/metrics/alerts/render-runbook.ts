import type { Alert } from "./alert.ts";
import { ALERT_GROUPS } from "./alerts.ts";

const INTRODUCTION = `# Alerts

Rules for Prometheus that say when workers, queues, results or the programs beside the workers need somebody: [omd-worker.rules.yaml](../monitoring/prometheus/omd-worker.rules.yaml).
An installed worker prints the same file:

\`\`\`sh
omd-worker metrics rules > /etc/prometheus/omd-worker.rules.yaml    # then name it in rule_files, and reload Prometheus
\`\`\`

For the Prometheus Operator its content is the \`spec\` of a PrometheusRule.

\`critical\` means that checks are not run, that results do not reach the core, or that people are not told; \`warning\` that it may come to that, or that some checks
suffer; \`info\` is to be known. The rules find workers by their metrics, whatever the job is called, and group by \`job\`, so a Prometheus may watch several sites. Limits
(30 seconds, 100 jobs, a tenth) are those of an ordinary site: change them in a copy. Queues are told by every worker, so an alert of a queue
comes as long as one worker is scraped. A result queue that is not called \`check_results\` is told by OmdQueueWithoutWorker.

The [dashboard](metrics.md#dashboard) shows the same metrics, which are explained in [metrics.md](metrics.md).

`;

/** docs/alerts.md. */
export function renderRunbook(): string {
  const alerts = ALERT_GROUPS.flatMap((group) => group.alerts);
  const rows = alerts.map(
    ({ name, severity, summary }) =>
      `| [${name}](#${name.toLowerCase()}) | ${severity} | ${withoutTemplates(summary)} |\n`,
  );
  const table = `| alert | severity | says |\n|---|---|---|\n${rows.join("")}`;
  return `${INTRODUCTION}${table}${alerts.map(renderAlert).join("")}`;
}

function renderAlert({ name, severity, when, during, description, action }: Alert): string {
  const duration = during === undefined ? "at once" : `after ${during}`;
  return `
## ${name}

${severity}, ${duration}

\`\`\`promql
${when.join("\n")}
\`\`\`

${withoutTemplates(description)}

**What to do:** ${action}
`;
}

/** \`{{ $labels.queue }}\` → \`*queue*\`, \`{{ $value | … }}\` → \`…\`. */
function withoutTemplates(text: string): string {
  return text
    .replace(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: string) => `*${label}*`)
    .replace(/\{\{ \$value[^}]*\}\}/g, "…");
}
