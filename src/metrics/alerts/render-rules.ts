import type { Alert } from "./alert.ts";
import { ALERT_GROUPS } from "./alerts.ts";

const HEAD = `# Alert rules of Prometheus for omd-worker. Made by \`omd-worker metrics rules\`; docs/alerts.md explains each.
groups:
`;

/** monitoring/prometheus/omd-worker.rules.yaml. */
export function renderRules(): string {
  const groups = ALERT_GROUPS.map(
    ({ name, alerts }) => `  - name: ${name}\n    rules:\n${alerts.map(renderRule).join("")}`,
  );
  return HEAD + groups.join("");
}

/** A string of JSON is one of YAML, too. */
function renderRule({ name, severity, when, during, summary, description, action }: Alert): string {
  const texts = Object.entries({ summary, description, action });
  return [
    `      - alert: ${name}`,
    "        expr: |-",
    ...when.map((line) => `          ${line}`),
    ...(during === undefined ? [] : [`        for: ${during}`]),
    "        labels:",
    `          severity: ${severity}`,
    "        annotations:",
    ...texts.map(([key, text]) => `          ${key}: ${JSON.stringify(text)}`),
    "",
  ].join("\n");
}
