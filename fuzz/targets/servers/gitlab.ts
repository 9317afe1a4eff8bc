import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GitLab } from "../../../integrations/zulip/issues/gitlab.ts";
import { openIssue } from "../../../integrations/zulip/issues/open-issue.ts";
import { insist, type ServedTarget } from "../../engine/target.ts";
import { makeJson } from "../json.ts";
import { JSON_MARKS } from "../samples.ts";
import { answered, startBodies } from "./monitoring.ts";

const FIELDS = ["iid", "title", "web_url", "message", "error", "error_description", "path_with_namespace"];
const WANTED = {
  target: { host: "web1", service: "http" },
  name: "Anna",
  reason: undefined,
  link: "https://chat.example.org/",
  stage: undefined,
};
const STATUS = { state: 2, isAcknowledged: false, downtimes: 0, output: "broken" };

/** A GitLab that is asked to open an issue. Whatever it says: nothing rejects, and the answer is one line. */
export const GITLAB: ServedTarget = {
  name: "gitlab-body",
  kind: "served",
  most: 65_536,
  samples: () => [
    answered(200, "[]"),
    answered(
      200,
      '[{"iid":7,"title":"omd-worker: http - web1","web_url":"https://git.example.org/a/-/issues/7"}]',
    ),
    answered(201, '{"iid":7,"title":"x","web_url":"https://git.example.org/a/-/issues/7"}'),
    answered(200, '{"path_with_namespace":"operation/orders"}'),
    answered(401, '{"message":"401 Unauthorized"}'),
    answered(404, '{"message":"404 Project Not Found"}'),
    answered(403, '{"error":"insufficient_scope","error_description":"x"}'),
  ],
  tokens: [...JSON_MARKS, '"toString":1', '"web_url":"javascript:x"', "\n"],
  make: (random) => answered(random.pick([200, 201, 401, 403, 404, 500]), makeJson(random, FIELDS)),
  start: async () => {
    const server = await startBodies();
    const folder = mkdtempSync(join(tmpdir(), "fuzz-gitlab-"));
    const tokenFile = join(folder, "token");
    writeFileSync(tokenFile, "glpat-x");
    const url = `http://127.0.0.1:${server.port}`;
    const tracker = new GitLab({ url, tokenFile, project: "operation/orders", labels: [] });
    const context = { tracker, backend: { status: async () => STATUS }, language: "en" } as const;
    return {
      read: async (bytes) => {
        server.answer(Buffer.from(bytes));
        const { text, result } = await openIssue(WANTED, context);
        insist(!text.includes("\n"), "an answer of several lines");
        return [result, Object.keys(await tracker.look())];
      },
      [Symbol.asyncDispose]: async () => {
        tracker[Symbol.dispose]();
        rmSync(folder, { recursive: true });
        await server.stop();
      },
    };
  },
};
