import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { GitLab, type GitLabOptions } from "../../../../integrations/zulip/issues/gitlab.ts";
import { planIssue } from "../../../../integrations/zulip/issues/issue-text.ts";
import { createFolder } from "../../../support/folder.ts";
import { freePort } from "../../../support/free-port.ts";
import { checkLeaks } from "../../../support/leaks.ts";
import { FakeGitLab, GITLAB_PROJECT, GITLAB_TOKEN } from "../../../support/servers/fake-gitlab.ts";

checkLeaks();

const PLAN = { title: "omd-worker: http - web1", description: "broken" };

let fake: FakeGitLab;
let folder: ReturnType<typeof createFolder>;
let tokenFile: string;
beforeEach(async () => {
  folder = createFolder();
  tokenFile = join(folder.path, "token");
  writeFileSync(tokenFile, `${GITLAB_TOKEN}\n`);
  fake = await FakeGitLab.start();
});
afterEach(async () => {
  await fake[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

const connect = (more: Partial<GitLabOptions> = {}) =>
  new GitLab({ url: fake.url, project: GITLAB_PROJECT, tokenFile, labels: [], ...more });
const issueAt = (iid: number) => ({
  name: `${GITLAB_PROJECT}#${iid}`,
  url: `${fake.url}/${GITLAB_PROJECT}/-/issues/${iid}`,
});

describe("an issue in GitLab", () => {
  it("is opened once for a title, until it is closed", async () => {
    using gitlab = connect({ labels: ["monitoring", "prod"], url: `${fake.url}/` });
    expect(await gitlab.open(PLAN)).toEqual({ kind: "done", issue: issueAt(1) });
    expect(fake.issues[0]).toMatchObject({ ...PLAN, labels: "monitoring,prod" });
    expect(await gitlab.open(PLAN)).toEqual({ kind: "already", issue: issueAt(1) });
    const alike = { ...PLAN, title: "omd-worker: http - web1 2" };
    expect(await gitlab.open(alike)).toEqual({ kind: "done", issue: issueAt(2) });
    for (const issue of fake.issues) issue.state = "closed";
    expect(await gitlab.open(PLAN)).toEqual({ kind: "done", issue: issueAt(3) });
  });

  it.each([true, false])("is opened once when the answer is cut off (stored: %s)", async (isStored) => {
    using gitlab = connect();
    fake.faults.push({ kind: "drop", isStored });
    const first = await gitlab.open(PLAN);
    if (isStored) expect(first).toEqual({ kind: "done", issue: issueAt(1) });
    else expect(first).toEqual({ kind: "unavailable", reason: expect.stringContaining(fake.url) });
    expect((await gitlab.open(PLAN)).kind).toBe(isStored ? "already" : "done");
    expect(fake.issues).toHaveLength(1);
  });

  it.each<[what: string, status: number, body: string, headers: Record<string, string>, opened: object]>([
    [
      "a limit of requests, as the server in front says it",
      ...([429, "Retry later\n", { "retry-after": "30", "content-type": "text/plain" }] as const),
      { kind: "unavailable", reason: "no more requests for 30 s" },
    ],
    [
      "a limit of requests, as GitLab says it",
      429,
      '{"message":"This endpoint has been requested too many times. Try again later."}',
      ...([{}, { kind: "unavailable", reason: "no more requests for a while" }] as const),
    ],
    [
      "a token without the right",
      403,
      '{"error":"insufficient_scope","error_description":"The request requires higher privileges than provided by the access token."}',
      {},
      {
        kind: "forbidden",
        reason:
          "403 The request requires higher privileges than provided by the access token., the token needs the scope api and the role Reporter",
      },
    ],
    [
      "a field that is wrong",
      ...([400, '{"message":{"title":["is too long"]}}', {}] as const),
      { kind: "forbidden", reason: '400 {"title":["is too long"]}' },
    ],
    ["a fault", ...([502, "<html>", {}, { kind: "unavailable", reason: "502" }] as const)],
    [
      "an answer that is none",
      ...([201, "<html>", {}, { kind: "unavailable", reason: "an answer that is no JSON" }] as const),
    ],
    [
      "an answer without an address",
      ...([201, '{"iid":1,"web_url":"javascript:x"}', {}] as const),
      { kind: "unavailable", reason: "an answer without the address of the issue" },
    ],
    ["a redirection", ...([301, "", {}, { kind: "forbidden", reason: "301" }] as const)],
  ])("is not opened with %s, which is told", async (_what, status, body, headers, opened) => {
    using gitlab = connect();
    fake.faults.push({ kind: "reply", status, body, headers });
    expect(await gitlab.open(PLAN)).toEqual(opened);
    expect(fake.issues).toEqual([]);
  });

  it("needs a token and a project, and says what is wrong without the token", async () => {
    using gitlab = connect();
    using other = connect({ project: "other/project" });
    using away = connect({ url: `http://127.0.0.1:${await freePort()}` });
    expect(await gitlab.look()).toEqual({ project: GITLAB_PROJECT });
    expect(await other.open(PLAN)).toEqual({
      kind: "forbidden",
      reason: "404 Project Not Found, look at project=: the token must see it",
    });
    expect(await away.look()).toEqual({ reason: expect.stringContaining("ECONNREFUSED") });
    writeFileSync(tokenFile, "glpat-wrong");
    const refused = { kind: "forbidden", reason: "401 Unauthorized, look at token_file=" };
    expect(await gitlab.open(PLAN)).toEqual(refused);
    expect(await gitlab.look()).toEqual({ reason: refused.reason });
    writeFileSync(tokenFile, "two\nlines");
    expect(await gitlab.open(PLAN)).toEqual({ kind: "forbidden", reason: `${tokenFile} has no token` });
    using nowhere = connect({ tokenFile: "/nowhere" });
    expect(await nowhere.look()).toEqual({ reason: "the token cannot be read: /nowhere" });
  });
});

describe("the text of an issue", () => {
  const FACTS = {
    target: { host: "web1", service: "http" },
    name: "Anna",
    link: "https://chat/#narrow/12",
    stage: "prod",
    reason: undefined,
    status: { state: 2, isAcknowledged: true, downtimes: 1, output: "refused" },
  };

  it("says what the monitoring knows, and who has asked for it", () => {
    expect(planIssue({ ...FACTS, reason: "disk is full" })).toEqual({
      title: "omd-worker: http - web1",
      description: `- Host: \`web1\`
- Service: \`http\`
- State: \`CRITICAL\`
- Acknowledged: \`yes\`
- In downtime: \`yes\`
- Stage: \`prod\`
- Asked for by: \`Anna\`
- Reason: \`disk is full\`
- In the chat: <https://chat/#narrow/12>

\`\`\`
refused
\`\`\``,
    });
  });

  it("is that of a host, also when the monitoring does not answer", () => {
    const target = { host: "web1", service: undefined };
    const away = { kind: "unavailable", reason: "x" } as const;
    const { title, description } = planIssue({ ...FACTS, target, status: away, stage: undefined });
    expect(title).toBe("omd-worker: web1");
    expect(description).toBe(
      "- Host: `web1`\n- Asked for by: `Anna`\n- In the chat: <https://chat/#narrow/12>",
    );
    const down = { state: 1, isAcknowledged: false, downtimes: 0, output: "" };
    expect(planIssue({ ...FACTS, target, status: down }).description).toContain("- State: `DOWN`\n");
  });

  it("lets nobody out of the code: no mention, no command of GitLab, no markup", () => {
    const output = "@all ````\n/close\n<b>";
    const { description } = planIssue({
      ...FACTS,
      name: "`@all`\n/close",
      reason: "a\n/assign @root `x`",
      status: { ...FACTS.status, output },
    });
    expect(description).toContain("- Asked for by: `@all /close`\n- Reason: `a /assign @root x`\n");
    expect(description.endsWith(`\`\`\`\`\`\n${output}\n\`\`\`\`\``)).toBe(true);
    const lines = description.slice(0, description.indexOf("`````")).split("\n");
    expect(lines.filter((line) => line.startsWith("/"))).toEqual([]);
  });
});
