import type { DemoChange } from "../../demo/core.ts";

const SERVICE_STATES = ["OK", "WARNING", "CRITICAL", "UNKNOWN"] as const;
const UNKNOWN = 3;
const MAX_OUTPUT = 300;

/** The command of a notification, as the core's command definition of docs/zulip.md gives it. */
export function renderNotification(
  { state: { object, returnCode, output } }: DemoChange,
  program: readonly string[],
): string {
  const { host, service } = object;
  const type = returnCode === 0 ? "RECOVERY" : "PROBLEM";
  const [line = ""] = output.split(/\\n|\n|\|/, 1);
  const macros: readonly (readonly [string, string])[] =
    service === undefined
      ? [
          ["HOSTSTATE", returnCode === 0 ? "UP" : "DOWN"],
          ["HOSTOUTPUT", line],
        ]
      : [
          ["SERVICEDESC", service],
          ["SERVICESTATE", SERVICE_STATES[returnCode ?? UNKNOWN] ?? "UNKNOWN"],
          ["SERVICEOUTPUT", line],
        ];
  const words = [["NOTIFICATIONTYPE", type], ["HOSTNAME", host], ["HOSTALIAS", host], ...macros].map(
    ([name = "", value = ""]) => `${name}=${quote(value)}`,
  );
  return [...program, ...words].join(" ");
}

/** As a core, which strips the quotes of outputs. */
function quote(text: string): string {
  return `'${text.slice(0, MAX_OUTPUT).replace(/['\n\r\0]/g, "")}'`;
}
