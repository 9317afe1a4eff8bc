#!/usr/bin/env node
// Opens an issue in GitLab when a check has failed for good, with what the core knows. While the issue is open,
// what happens next becomes a comment on it: one issue for each host and service.
//
//   open-gitlab-issue.mjs --host='$HOSTNAME$' --service='$SERVICEDESC$' --state=$SERVICESTATE$
//                         --state-type=$SERVICESTATETYPE$ --output='$SERVICEOUTPUT$' --duration='$SERVICEDURATION$'
//                         --url=https://gitlab.example.org --project=operation/orders
//                         --token-file=/etc/omd-worker/gitlab.token [--labels=monitoring,prod] [--stage=prod]
//
// The token is one of the project with the role Reporter and the scope api. NODE_EXTRA_CA_CERTS names an own CA.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

const TIMEOUT_MS = 15_000;
const WRONG_CALL = 3;
const MAX_TITLE = 255;

const text = { type: "string" };

/** A mistake in the call. */
class Wrong extends Error {}

async function main() {
  const { values } = parseArgs({
    options: {
      host: text,
      service: text,
      state: text,
      "state-type": text,
      attempt: text,
      output: text,
      duration: text,
      url: text,
      project: text,
      labels: text,
      stage: text,
      "token-file": text,
    },
  });
  for (const name of ["host", "state", "url", "project", "token-file"])
    if (!values[name]) throw new Wrong(`--${name} is needed`);
  const { host, service, state } = values;
  if (values["state-type"] !== "HARD") return `nothing to do yet: ${state} ${values["state-type"]}`;
  const isFine = state === "OK" || state === "UP";
  const what = [service, host].filter(Boolean).join(" - ");
  const marker = `omd-worker: ${what}`.slice(0, MAX_TITLE);
  const gitlab = connect(values);
  const open = await findOpen(gitlab, marker);
  if (open !== undefined) {
    await gitlab("POST", `issues/${open.iid}/notes`, { body: describe(values) });
    return `commented on #${open.iid}: ${state}, ${open.web_url}`;
  }
  if (isFine) return `nothing to do: ${what} is ${state}, and no issue is open`;
  const issue = await gitlab("POST", "issues", {
    title: marker,
    description: describe(values),
    ...(values.labels && { labels: values.labels }),
  });
  return `opened #${issue.iid}: ${issue.web_url}`;
}

/** GitLab finds titles that have these words; one of them must be the very same. */
async function findOpen(gitlab, title) {
  const query = new URLSearchParams({ state: "opened", in: "title", search: title, per_page: "100" });
  return (await gitlab("GET", `issues?${query}`)).find((issue) => issue.title === title);
}

/** What plugins print is shown as it is, and can mention nobody. */
function describe({ host, service, state, output = "", duration, attempt, stage }) {
  const rows = [
    ["Host", host],
    ["Service", service],
    ["State", state],
    ["Attempt", attempt],
    ["For", duration],
    ["Stage", stage],
  ];
  const shown = rows.filter(([, value]) => value).map(([name, value]) => `- ${name}: ${code(value)}`);
  const longest = Math.max(2, ...[...output.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const block = output === "" ? [] : ["", fence, output.replaceAll("\\n", "\n"), fence];
  return [...shown, ...block].join("\n");
}

function code(value) {
  return `\`${value.replace(/[`\s]+/g, " ").trim()}\``;
}

function connect({ url, project, "token-file": tokenFile }) {
  const base = `${url.replace(/\/+$/, "")}/api/v4/projects/${encodeURIComponent(project)}/`;
  return async (method, path, body) => {
    const reply = await fetch(base + path, {
      method,
      redirect: "error",
      headers: {
        "PRIVATE-TOKEN": readFileSync(tokenFile, "utf8").trim(),
        ...(body && { "Content-Type": "application/json" }),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const answer = await reply.json().catch(() => ({}));
    if (reply.ok) return answer;
    const why = JSON.stringify(answer.message ?? answer.error ?? "");
    throw new Error(`${method} ${path.split("?")[0]}: ${reply.status} ${why}`);
  };
}

try {
  console.log(await main());
} catch (error) {
  console.log(`open-gitlab-issue: ${error.message}${error.cause ? ` (${error.cause.message})` : ""}`);
  process.exitCode = error instanceof Wrong || error.code?.startsWith("ERR_PARSE_ARGS") ? WRONG_CALL : 2;
}
