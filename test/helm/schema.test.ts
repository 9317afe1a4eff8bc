import { describe, expect, it } from "vitest";
import { valuesSchema } from "../../helm/render/schema/values-schema.ts";
import { hasTool } from "../support/fetched-tools.ts";
import { objectsOf, refusalOf } from "../support/helm/template.ts";

const snmp = (pool: object) => ({ pools: { snmp: pool } });
const config = (options: object) => snmp({ config: options });
const E2E = { schedule: "* * * * *", host: "a", image: "registry/shop:1", command: ["test"] };

describe.skipIf(!hasTool("helm"))("values.schema.json", () => {
  it.each<[what: string, values: object, says: string]>([
    ["a key that is none", { gearmann: {} }, "additional properties 'gearmann' not allowed"],
    ["a key of a pool that is none", snmp({ replica: 2 }), "'/pools/snmp'.* 'replica' not allowed"],
    [
      "an option that the worker does not know",
      config({ maxworker: 5 }),
      "'/pools/snmp/config': additional properties 'maxworker' not allowed",
    ],
    [
      "an option of the core module, which changes nothing here",
      config({ perfdata: true }),
      "additional properties 'perfdata' not allowed",
    ],
    ["a text for a number", config({ "max-worker": "lots" }), "config/max-worker': got string, want integer"],
    ["no slots", config({ "max-worker": 0 }), "config/max-worker': minimum: got 0, want 1"],
    ["a unit where seconds are meant", config({ shutdown_timeout: "1m" }), "got string, want integer"],
    ["a word for yes or no", config({ show_error_output: "maybe" }), "got string, want boolean"],
    [
      "a word that is none of the choice",
      config({ log_format: "xml" }),
      "config/log_format': value must be one of 'text', 'json'",
    ],
    ["a share above 100", config({ shadow_share: 101 }), "config/shadow_share': maximum: got 101, want 100"],
    ["a text for a list", config({ native_checks_only: "check_tcp" }), "got string, want array"],
    ["a comma in a name", config({ native_checks_only: ["a,b"] }), "'a,b' does not match pattern"],
    ["a folder that is not absolute", config({ plugin_path: ["checks"] }), "'checks' does not match pattern"],
    ["a # in a value, which starts a comment", config({ shadow_file: "/a #b" }), "does not match pattern"],
    ["a line feed in a value", config({ shadow_file: "/a\nkey=b" }), "does not match pattern"],
    [
      "a password in a ConfigMap",
      config({ status_page_auth: `me:$2y$05$${"a".repeat(53)}` }),
      "config/status_page_auth': .* does not match pattern",
    ],
    ["an address with a scheme", { gearman: { servers: ["tcp://a:4730"] } }, "'tcp://a:4730' does not match"],
    ["a port that is none", { gearman: { servers: ["a:65536"] } }, "'a:65536' does not match"],
    ["the port 0", { gearman: { servers: ["a:0"] } }, "'a:0' does not match"],
    ["servers as a text", { gearman: { servers: "a:4730" } }, "'/gearman/servers': got string, want array"],
    ["a long key", { gearman: { key: "x".repeat(33) } }, "'/gearman/key': maxLength: got 33, want 32"],
    ["a pool's name with a capital", { pools: { SNMP: {} } }, "'SNMP' does not match pattern"],
    ["a pool's name that is too long", { pools: { ["a".repeat(25)]: {} } }, "does not match pattern"],
    ["a long prefix", { fullnameOverride: "a".repeat(31) }, "'/fullnameOverride': .* does not match"],
    ["a group with a comma", snmp({ queues: { hostgroups: ["a,b"] } }), "'a,b' does not match pattern"],
    ["a long group", snmp({ queues: { hostgroups: ["a".repeat(51)] } }), "maxLength: got 51, want 50"],
    ["a group twice", snmp({ queues: { hostgroups: ["a", "a"] } }), "items at 0 and 1 are equal"],
    [
      "a custom queue that no worker can serve",
      snmp({ queues: { custom: ["dmz"] } }),
      "queues/custom/0': 'dmz' does not match pattern",
    ],
    ["fewer than no pods", snmp({ replicas: -1 }), "'/pools/snmp/replicas': minimum: got -1, want 0"],
    ["half a digest", snmp({ image: { digest: "sha256:1" } }), "image/digest': .* does not match pattern"],
    ["a way to scale that is none", snmp({ autoscaling: { kind: "vpa" } }), "one of 'none', 'hpa', 'keda'"],
    ["no quantity", snmp({ resources: { limits: { memory: "512MB" } } }), "'512MB' does not match"],
    ["a bare address", snmp({ egress: { targets: ["10.0.0.1"] } }), "'10.0.0.1' does not match pattern"],
    ["a peer's key", snmp({ egress: { targets: [{ cidr: "10.0.0.0/8" }] } }), "'cidr' not allowed"],
    [
      "a peer as an exception",
      { networkPolicy: { except: [{ podSelector: {} }] } },
      "got object, want string",
    ],
    ["a bare port", snmp({ egress: { ports: [{ port: 161 }] } }), "missing property 'protocol'"],
    [
      "a port beyond all",
      snmp({ egress: { ports: [{ port: 70000, protocol: "TCP" }] } }),
      "maximum: got 70,000, want 65,535",
    ],
    ["a Secret without a name", snmp({ credentials: { secretDir: [{}] } }), "missing property 'name'"],
    [
      "a mount that is not absolute",
      snmp({ credentials: { files: [{ secret: "a", mountPath: "ssh" }] } }),
      "'ssh' does not match",
    ],
    ["half a budget", snmp({ podDisruptionBudget: { maxUnavailable: "half" } }), "'half' does not match"],
    ["too little time to end", snmp({ terminationMarginSeconds: 0 }), "minimum: got 0, want 5"],
    ["a probe's key", snmp({ probes: { liveness: { path: "/" } } }), "'path' not allowed"],
    ["a monitor that is none", { metrics: { monitor: "yes" } }, "'none', 'PodMonitor', 'ServiceMonitor'"],
    ["an interval that is none", { metrics: { interval: "30" } }, "'30' does not match pattern"],
    [
      "a schedule of four fields",
      { e2e: { shop: { schedule: "* * * *" } } },
      "e2e/shop/schedule': .* does not match",
    ],
    [
      "an image without a tag",
      { e2e: { shop: { image: "registry/shop" } } },
      "e2e/shop/image': .* does not match",
    ],
  ])("refuses %s", (_, values, says) => {
    expect(refusalOf(values)).toMatch(new RegExp(says));
  });

  it.each<[what: string, values: object]>([
    ["values of a parent chart", { global: { storageClass: "fast", imageRegistry: "registry.example.org" } }],
    ["on and off, which YAML reads as true and false", config({ native_checks: true, warm_python: false })],
    ["the first and the last port", { gearman: { servers: ["a:1", "a:9999", "a:65535"] } }],
    ["addresses of IPv6", { gearman: { servers: ["[2001:db8::1]:4730", "gearmand.monitoring.svc"] } }],
    ["group names with blanks", snmp({ queues: { hostgroups: ["Web servers", "Büro"] } })],
    ["networks and peers", snmp({ egress: { targets: ["2001:db8::/32", { podSelector: {} }] } })],
    ["a budget in percent", snmp({ podDisruptionBudget: { maxUnavailable: "25%" } })],
    [
      "words and lists in a schedule",
      { e2e: { a: { ...E2E, schedule: "@hourly" }, b: { ...E2E, schedule: "*/5 6-22 * * MON-FRI" } } },
    ],
  ])("accepts %s", (_, values) => {
    expect(objectsOf(values).length).toBeGreaterThan(0);
  });
});

/** Every map that is not Kubernetes's own refuses what it does not know. */
it("the schema leaves no map of ours open", () => {
  const open: string[] = [];
  const walk = (value: unknown, path: string): void => {
    if (typeof value !== "object" || value === null) return;
    const schema = value as Record<string, unknown>;
    if (schema["type"] === "object" && schema["properties"] !== undefined && path !== "/properties/global")
      if (schema["additionalProperties"] !== false) open.push(path);
    for (const [key, each] of Object.entries(schema)) walk(each, `${path}/${key}`);
  };
  walk(valuesSchema(), "");
  expect(open).toEqual([]);
});
