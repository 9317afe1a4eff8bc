import { groups } from "../../../src/config/kinds/lists.ts";
import {
  ANY_OBJECT,
  BOOLEAN,
  choice,
  ENTRY_NAME,
  INT_OR_PERCENT,
  ITEMS,
  integer,
  list,
  OBJECT_NAME,
  OBJECTS,
  object,
  PATH,
  PEERS,
  PORTS,
  RESOURCES,
  type Schema,
  SIZE,
  STRING,
  STRINGS,
  TEXT_MAP,
  text,
} from "./json-schema.ts";

const GROUPS: Schema = groups("hostgroup").schema;

const QUEUES: Schema = object({
  hosts: BOOLEAN,
  services: BOOLEAN,
  eventhandler: BOOLEAN,
  notifications: BOOLEAN,
  hostgroups: GROUPS,
  servicegroups: GROUPS,
  custom: list({ type: "string", pattern: '^(hostgroup|servicegroup)_[^#,"\\\\\\s]{1,50}$' }),
});

const CREDENTIALS: Schema = object({
  tlsSecret: OBJECT_NAME,
  secretDir: list({
    ...object({ name: { ...OBJECT_NAME, minLength: 1 }, items: ITEMS, optional: BOOLEAN }),
    required: ["name"],
  }),
  files: list({
    ...object({
      secret: OBJECT_NAME,
      configMap: OBJECT_NAME,
      mountPath: PATH,
      items: ITEMS,
      optional: BOOLEAN,
    }),
    required: ["mountPath"],
  }),
});

const PROBE: Schema = object({
  initialDelaySeconds: integer(0),
  periodSeconds: integer(1),
  timeoutSeconds: integer(1),
  failureThreshold: integer(1),
  successThreshold: integer(1),
});

const PERCENT = integer(0, 1000);

const AUTOSCALING: Schema = object({
  kind: choice("none", "hpa", "keda"),
  minReplicas: integer(1),
  maxReplicas: integer(1),
  replicasField: choice("keep", "omit"),
  behavior: ANY_OBJECT,
  hpa: object({ cpuUtilization: PERCENT, memoryUtilization: PERCENT, metrics: OBJECTS }),
  keda: object({
    trigger: choice("metrics-api", "prometheus"),
    waitingPerPod: integer(1),
    busyPercent: integer(1, 100),
    prometheusAddress: text("https?://\\S+"),
    pollingInterval: integer(1),
    cooldownPeriod: integer(0),
    fallbackAfter: integer(1),
    extraTriggers: OBJECTS,
  }),
});

export const EGRESS: Schema = object({ targets: PEERS, ports: PORTS, icmp: BOOLEAN, rules: OBJECTS });

const POOL_EGRESS: Schema = object({
  targets: PEERS,
  ports: PORTS,
  icmp: BOOLEAN,
  rules: OBJECTS,
  winrm: BOOLEAN,
});

/** What every kind of pod has. */
export const POD: Readonly<Record<string, Schema>> = {
  podSecurityContext: ANY_OBJECT,
  securityContext: ANY_OBJECT,
  resources: RESOURCES,
  affinity: ANY_OBJECT,
  nodeSelector: TEXT_MAP,
  tolerations: OBJECTS,
  priorityClassName: OBJECT_NAME,
  runtimeClassName: OBJECT_NAME,
  dnsPolicy: { enum: ["", "Default", "ClusterFirst", "ClusterFirstWithHostNet", "None"] },
  dnsConfig: ANY_OBJECT,
  hostAliases: OBJECTS,
  podAnnotations: TEXT_MAP,
  podLabels: TEXT_MAP,
  extraEnv: OBJECTS,
  extraEnvFrom: OBJECTS,
  extraVolumes: OBJECTS,
  extraVolumeMounts: OBJECTS,
};

const { resources: _ofEach, ...OF_PODS } = POD;

/** `programDefaults`. */
export const PROGRAM_POD: Readonly<Record<string, Schema>> = {
  ...OF_PODS,
  annotations: TEXT_MAP,
  extraArgs: STRINGS,
  initContainers: OBJECTS,
  sidecars: OBJECTS,
};

export const IMAGE_TAG: Schema = text("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");

/** A member of `pools`, and `poolDefaults`. `config` is rendered from the worker's options. */
export function poolSchema(config: Schema): Schema {
  return object({
    enabled: BOOLEAN,
    replicas: integer(0),
    image: object({
      registry: STRING,
      repository: text("[a-z0-9][a-z0-9._/-]*"),
      tag: IMAGE_TAG,
      digest: text("sha256:[0-9a-f]{64}"),
    }),
    queues: QUEUES,
    config,
    serviceAccountName: OBJECT_NAME,
    automountServiceAccountToken: BOOLEAN,
    configChange: choice("reload", "rollout"),
    credentials: CREDENTIALS,
    icmp: choice("sysctl", "netRaw", "none"),
    pingGroupRange: { type: "string", pattern: "^[0-9]+[ \\t][0-9]+$" },
    tmp: object({ sizeLimit: SIZE, medium: { enum: ["", "Memory"] } }),
    handlerLog: object({ enabled: BOOLEAN, existingClaim: OBJECT_NAME, sizeLimit: SIZE }),
    terminationMarginSeconds: integer(5),
    strategy: object({
      type: choice("RollingUpdate", "Recreate"),
      rollingUpdate: object({ maxSurge: INT_OR_PERCENT, maxUnavailable: INT_OR_PERCENT }),
    }),
    revisionHistoryLimit: integer(0),
    progressDeadlineSeconds: integer(1),
    minReadySeconds: integer(0),
    probes: object({ startup: PROBE, liveness: PROBE, readiness: PROBE }),
    podDisruptionBudget: object({
      enabled: BOOLEAN,
      maxUnavailable: INT_OR_PERCENT,
      minAvailable: { ...INT_OR_PERCENT, type: ["integer", "string", "null"] },
      unhealthyPodEvictionPolicy: choice("AlwaysAllow", "IfHealthyBudget"),
    }),
    autoscaling: AUTOSCALING,
    egress: POOL_EGRESS,
    podAntiAffinity: choice("soft", "hard", "none"),
    topologySpreadConstraints: OBJECTS,
    resources: RESOURCES,
    ...PROGRAM_POD,
  });
}

/** A member of `e2e`, and `e2eDefaults`. */
export function e2eSchema(): Schema {
  return object({
    enabled: BOOLEAN,
    schedule: text("@(yearly|annually|monthly|weekly|daily|midnight|hourly)|[^\\s=]+( [^\\s=]+){4}"),
    timeZone: { type: "string", pattern: "^[A-Za-z]+([/+_-][A-Za-z0-9_+-]+)*$" },
    suspend: BOOLEAN,
    host: STRING,
    service: STRING,
    image: text("\\S+(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}|@sha256:[0-9a-f]{64})"),
    pullPolicy: choice("Always", "IfNotPresent", "Never"),
    command: STRINGS,
    timeoutSeconds: integer(1, 86_400),
    bringWorker: BOOLEAN,
    options: {
      type: "object",
      propertyNames: ENTRY_NAME,
      additionalProperties: { type: ["string", "number"] },
    },
    startingDeadlineSeconds: integer(10),
    successfulJobsHistoryLimit: integer(0),
    failedJobsHistoryLimit: integer(0),
    shmSize: SIZE,
    tmpSize: SIZE,
    egress: object({ targets: PEERS, ports: PORTS, rules: OBJECTS }),
    ...POD,
  });
}
