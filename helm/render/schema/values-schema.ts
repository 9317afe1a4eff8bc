import { servers } from "../../../src/config/kinds/lists.ts";
import {
  BOOLEAN,
  choice,
  ENTRY_NAME,
  integer,
  list,
  NETWORKS,
  named,
  OBJECT_NAME,
  OBJECTS,
  object,
  PEERS,
  PORT,
  PULL_POLICY,
  RESOURCES,
  type Schema,
  SIZE,
  STRING,
  STRINGS,
  TEXT_MAP,
  text,
} from "./json-schema.ts";
import { EGRESS, e2eSchema, IMAGE_TAG, PROGRAM_POD, poolSchema } from "./pool.ts";
import { workerConfigSchema } from "./worker-config.ts";

/** Short enough that all names of objects fit into 63 characters, those of CronJobs into 52. */
const SHORT_NAME = "^[a-z]([-a-z0-9]{0,22}[a-z0-9])?$";
const PREFIX = text("[a-z]([-a-z0-9]{0,28}[a-z0-9])?");

const OPTIONAL_ENTRY: Schema = { ...ENTRY_NAME, pattern: "^[-._a-zA-Z0-9]*$" };

/** One word of a configuration file, in which `#` begins a comment. */
const STAGE: Schema = { type: "string", pattern: "^[^\\s#]*$", maxLength: 64 };

const GEARMAN: Schema = object({
  servers: servers.schema,
  dupservers: servers.schema,
  encryption: BOOLEAN,
  existingSecret: OBJECT_NAME,
  existingSecretKey: ENTRY_NAME,
  acceptedKeys: { type: "array", items: ENTRY_NAME, uniqueItems: true },
  dupserverKey: OPTIONAL_ENTRY,
  tls: object({
    enabled: BOOLEAN,
    existingSecret: OBJECT_NAME,
    clientCertificate: BOOLEAN,
    serverName: { type: "string", pattern: "^[A-Za-z0-9_.:-]*$" },
  }),
  key: { type: "string", maxLength: 32 },
});

const METRICS: Schema = object({
  port: PORT,
  monitor: choice("none", "PodMonitor", "ServiceMonitor"),
  monitorLabels: TEXT_MAP,
  interval: { type: "string", pattern: "^([0-9]+(ms|s|m|h))+$" },
  relabelings: OBJECTS,
  metricRelabelings: OBJECTS,
  prometheusRule: object({ enabled: BOOLEAN, labels: TEXT_MAP, alertLabels: TEXT_MAP }),
  dashboards: object({ enabled: BOOLEAN, labels: TEXT_MAP, annotations: TEXT_MAP }),
});

const NETWORK_POLICY: Schema = object({
  enabled: BOOLEAN,
  targets: PEERS,
  except: NETWORKS,
  gearman: object({ to: PEERS }),
  dns: object({ to: PEERS, port: PORT }),
  apiServer: object({ to: PEERS, ports: list(PORT) }),
  metrics: object({ from: PEERS }),
  keda: object({ from: PEERS }),
});

const GEARMAND: Schema = object({
  enabled: BOOLEAN,
  image: { type: "string", pattern: "^\\S+(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}|@sha256:[0-9a-f]{64})$" },
  pullPolicy: PULL_POLICY,
  command: STRINGS,
  from: PEERS,
  resources: RESOURCES,
});

const OPTIONAL_IMAGE: Schema = {
  type: "string",
  pattern: "^(\\S+(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}|@sha256:[0-9a-f]{64}))?$",
};

/** What each of the programs beside the workers has. */
const PROGRAM = {
  enabled: BOOLEAN,
  image: OPTIONAL_IMAGE,
  config: STRING,
  existingSecret: OBJECT_NAME,
  existingClaim: OBJECT_NAME,
  egress: EGRESS,
  resources: RESOURCES,
  ...PROGRAM_POD,
};
const PERFDATA: Schema = object({ ...PROGRAM, spoolSize: SIZE });
const ZULIP_BOT: Schema = object(PROGRAM);

/** What the chart's values may be. */
export function valuesSchema(): Schema {
  const pool = { $ref: "#/definitions/pool" };
  const e2e = { $ref: "#/definitions/e2e" };
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Values of the chart omd-worker",
    description: "Rendered by `npm run chart` from helm/render and the worker's table of options",
    definitions: { workerConfig: workerConfigSchema(), pool: poolSchema(CONFIG), e2e: e2eSchema() },
    ...object({
      // A parent chart may have values of its own there.
      global: {
        type: "object",
        properties: { imageRegistry: STRING, imagePullSecrets: STRINGS },
      },
      nameOverride: PREFIX,
      fullnameOverride: PREFIX,
      stage: STAGE,
      commonLabels: TEXT_MAP,
      commonAnnotations: TEXT_MAP,
      gearman: GEARMAN,
      image: object({ registry: STRING, tag: IMAGE_TAG, pullPolicy: PULL_POLICY, pullSecrets: STRINGS }),
      serviceAccount: object({ create: BOOLEAN, name: OBJECT_NAME, annotations: TEXT_MAP }),
      poolDefaults: pool,
      pools: named(SHORT_NAME, pool),
      caBundle: object({ configMap: OBJECT_NAME, key: ENTRY_NAME }),
      metrics: METRICS,
      networkPolicy: NETWORK_POLICY,
      resourceQuota: object({ enabled: BOOLEAN, hard: { type: "object" } }),
      limitRange: object({ enabled: BOOLEAN, limits: OBJECTS }),
      e2eDefaults: e2e,
      e2e: named(SHORT_NAME, e2e),
      gearmand: GEARMAND,
      perfdata: PERFDATA,
      zulipBot: ZULIP_BOT,
      zulipNotifier: ZULIP_NOTIFIER,
      programDefaults: object(PROGRAM_POD),
      tests: object({
        enabled: BOOLEAN,
        pool: STRING,
        timeoutSeconds: integer(2, 600),
        resources: RESOURCES,
      }),
      extraObjects: { type: "array", items: { type: ["string", "object"] } },
    }),
  };
}

const CONFIG: Schema = { $ref: "#/definitions/workerConfig" };

const ZULIP_NOTIFIER: Schema = object({
  ...PROGRAM,
  spoolSize: SIZE,
  metricsPort: PORT,
  worker: object({ config: CONFIG, resources: RESOURCES }),
});
