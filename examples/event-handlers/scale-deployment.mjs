#!/usr/bin/env node
// Gives a Deployment of the worker's own namespace more pods when its check is CRITICAL, and takes them back
// when it is OK again.
//
//   scale-deployment.mjs --host='$HOSTNAME$' --service='$SERVICEDESC$' --state=$SERVICESTATE$
//                        --state-type=$SERVICESTATETYPE$ --deployment=shop --by=1 --max=5 --usual=2
//
// It needs the right to read and to patch this one `deployments/scale`: kubernetes/scale-deployment.yaml.
// OMD_KUBERNETES_ACCOUNT is the folder of the account, OMD_KUBERNETES_API the address of the API.
import { readFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { parseArgs } from "node:util";

const ACCOUNT = process.env.OMD_KUBERNETES_ACCOUNT ?? "/var/run/secrets/kubernetes.io/serviceaccount";
const API =
  process.env.OMD_KUBERNETES_API ??
  `https://${process.env.KUBERNETES_SERVICE_HOST}:${process.env.KUBERNETES_SERVICE_PORT ?? 443}`;
const TIMEOUT_MS = 10_000;
const WRONG_CALL = 3;

const text = { type: "string" };

async function main() {
  const { values } = parseArgs({
    options: {
      host: text,
      service: text,
      state: text,
      "state-type": text,
      attempt: text,
      deployment: text,
      by: text,
      max: text,
      usual: text,
    },
  });
  const { deployment = "", state } = values;
  const [by, max, usual] = ["by", "max", "usual"].map((name) => readCount(name, values[name]));
  if (!/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(deployment))
    throw new Wrong("--deployment is no name of a Deployment");
  if (values["state-type"] !== "HARD") return `nothing to do yet: ${state} ${values["state-type"]}`;
  const present = (await call("GET", deployment)).spec.replicas;
  const wanted = wantedFor(state, { present, by, max, usual });
  if (wanted === present)
    return `nothing to do: ${deployment} has ${present} pods, and ${state} needs no other`;
  const { spec } = await call("PATCH", deployment, { spec: { replicas: wanted } });
  if (spec.replicas !== wanted) throw new Error(`${deployment} has ${spec.replicas} pods, not ${wanted}`);
  return `scaled ${deployment} from ${present} to ${wanted} for ${values.service ?? values.host ?? "a check"}`;
}

/** A mistake in the call. */
class Wrong extends Error {}

function readCount(name, value) {
  if (/^\d{1,4}$/.test(value ?? "")) return Number(value);
  throw new Wrong(`--${name} is no number`);
}

function wantedFor(state, { present, by, max, usual }) {
  if (state === "OK" || state === "UP") return Math.min(present, usual);
  return state === "CRITICAL" || state === "DOWN" ? Math.max(present, Math.min(present + by, max)) : present;
}

/** The account's token is read each time: Kubernetes exchanges it every hour. */
function call(method, deployment, patch) {
  const read = (name) => readFileSync(join(ACCOUNT, name), "utf8").trim();
  const path = `/apis/apps/v1/namespaces/${read("namespace")}/deployments/${deployment}/scale`;
  const body = patch && JSON.stringify(patch);
  const headers = {
    Authorization: `Bearer ${read("token")}`,
    Accept: "application/json",
    ...(body && {
      "Content-Type": "application/merge-patch+json",
      "Content-Length": Buffer.byteLength(body),
    }),
  };
  const options = { method, headers, ca: read("ca.crt"), signal: AbortSignal.timeout(TIMEOUT_MS) };
  const { promise, resolve, reject } = Promise.withResolvers();
  request(new URL(path, API), options, (reply) => {
    reply.setEncoding("utf8");
    reply.toArray().then((parts) => {
      const answer = readJson(parts.join(""));
      if (reply.statusCode === 200 && answer.spec !== undefined) resolve(answer);
      else reject(new Error(`${method} ${path}: ${reply.statusCode} ${answer.message ?? ""}`.trim()));
    }, reject);
  })
    .on("error", reject)
    .end(body);
  return promise;
}

function readJson(body) {
  try {
    return Object(JSON.parse(body));
  } catch {
    return {};
  }
}

try {
  console.log(await main());
} catch (error) {
  console.log(`scale-deployment: ${error.message}`);
  process.exitCode = error instanceof Wrong || error.code?.startsWith("ERR_PARSE_ARGS") ? WRONG_CALL : 2;
}
