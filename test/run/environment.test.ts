import { describe, expect, it } from "vitest";
import type { Job } from "../../src/job/job.ts";
import { notificationEnvironment } from "../../src/run/environment.ts";
import { fieldsOf, recordedEvents } from "../support/mod-gearman/recorded.ts";

const NOTIFICATION: Job = {
  type: "notification",
  hostName: undefined,
  serviceDescription: undefined,
  commandLine: "/bin/true",
  resultQueue: undefined,
  targetQueue: undefined,
  coreTime: undefined,
  timeout: undefined,
  pluginOutput: "CRITICAL \xc3\x84 'quoted' $HOME \\n",
  longPluginOutput: "line 2\\nline 3",
  contact: "ops",
};

describe("notificationEnvironment", () => {
  const { pluginOutput, longPluginOutput } = NOTIFICATION;
  const service = { NAGIOS_SERVICEOUTPUT: pluginOutput, NAGIOS_LONGSERVICEOUTPUT: longPluginOutput };
  const host = { NAGIOS_HOSTOUTPUT: pluginOutput, NAGIOS_LONGHOSTOUTPUT: longPluginOutput };

  it.each<[says: string, given: Partial<Job>, variables: Record<string, unknown>]>([
    ["a service's pair", { hostName: "h", serviceDescription: "s" }, service],
    ["a host's pair", { hostName: "h" }, host],
    ["both pairs when the core names no object", {}, { ...service, ...host }],
    ["nothing for an event handler", { type: "eventhandler" }, {}],
    ["nothing for a check", { type: "service", serviceDescription: "s" }, {}],
    [
      "nothing in place of an output the core does not have",
      { hostName: "h", longPluginOutput: "(null)" },
      { NAGIOS_HOSTOUTPUT: pluginOutput },
    ],
    [
      "an empty output",
      { hostName: "h", pluginOutput: "", longPluginOutput: undefined },
      { NAGIOS_HOSTOUTPUT: "" },
    ],
    [
      "values without NUL bytes",
      { hostName: "h", pluginOutput: "a\0b", longPluginOutput: undefined },
      { NAGIOS_HOSTOUTPUT: "ab" },
    ],
  ])("gives %s", (_, given, variables) => {
    expect(Object.fromEntries(notificationEnvironment({ ...NOTIFICATION, ...given }))).toEqual(variables);
  });

  it("cuts a value that the kernel would refuse", () => {
    const [variable] = notificationEnvironment({
      ...NOTIFICATION,
      hostName: "h",
      pluginOutput: "x".repeat(200_000),
    });
    expect(variable?.join("=").length).toBeLessThan(131_072);
  });
});

describe("recorded notifications", () => {
  const recorded = recordedEvents().filter(({ queue }) => queue === "notification");

  it("are there", () => expect(recorded.length).toBeGreaterThan(10));

  it.each(recorded.map((each) => fieldsOf(each)))(
    "%#: the variable of the long output has the long output",
    (fields) => {
      const [pluginOutput, longPluginOutput] = [
        fields.get("plugin_output"),
        fields.get("long_plugin_output"),
      ];
      const variables = new Map(notificationEnvironment({ ...NOTIFICATION, pluginOutput, longPluginOutput }));
      const long = longPluginOutput === "(null)" ? undefined : longPluginOutput;
      expect(variables.get("NAGIOS_SERVICEOUTPUT")).toBe(pluginOutput);
      expect(variables.get("NAGIOS_HOSTOUTPUT")).toBe(pluginOutput);
      expect(variables.get("NAGIOS_LONGSERVICEOUTPUT")).toBe(long);
      expect(variables.get("NAGIOS_LONGHOSTOUTPUT")).toBe(long);
    },
  );
});
