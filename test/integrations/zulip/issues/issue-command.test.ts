import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { GitLab } from "../../../../integrations/zulip/issues/gitlab.ts";
import { checkLeaks } from "../../../support/leaks.ts";
import { FakeGitLab, GITLAB_PROJECT, GITLAB_TOKEN } from "../../../support/servers/fake-gitlab.ts";
import { BotWorld } from "../bot/bot-world.ts";

checkLeaks();

let world: BotWorld;
let fake: FakeGitLab;
let gitlab: GitLab;
beforeEach(async () => {
  world = await BotWorld.create();
  fake = await FakeGitLab.start();
  const tokenFile = join(world.folder.path, "token");
  writeFileSync(tokenFile, GITLAB_TOKEN);
  gitlab = new GitLab({ url: fake.url, project: GITLAB_PROJECT, tokenFile, labels: ["chat"] });
  world.tracker = gitlab;
});
afterEach(async () => {
  gitlab[Symbol.dispose]();
  await world[Symbol.asyncDispose]();
  await fake[Symbol.asyncDispose]();
});

const linkTo = (iid: number) => `[${GITLAB_PROJECT}#${iid}](${fake.url}/${GITLAB_PROJECT}/-/issues/${iid})`;

describe("issue, asked for in the chat", () => {
  it("opens one with the alert's context, and answers with the link", async () => {
    await world.start({ stage: "prod" });
    await world.alert();
    const asked = await world.say("issue the disk is full again");
    await world.say("gitlab###web1###");
    await world.say("issue###web1###http###");
    expect(await world.answered(3)).toEqual([
      `Opened an issue for http - web1 (prod): ✓ ${linkTo(1)}`,
      `Opened an issue for web1 (prod): ✓ ${linkTo(2)}`,
      `There is an open issue for http - web1 (prod): ✓ ${linkTo(1)}`,
    ]);
    expect(fake.issues.map(({ title }) => title)).toEqual(["omd-worker: http - web1", "omd-worker: web1"]);
    expect(fake.issues[0]).toMatchObject({
      labels: "chat",
      description: `- Host: \`web1\`
- Service: \`http\`
- State: \`CRITICAL\`
- Stage: \`prod\`
- Asked for by: \`Anna Ämsig; (ops)\`
- Reason: \`the disk is full again\`
- In the chat: <${world.fake.url}/#narrow/stream/6/topic/http.20-.20Web.201/near/${asked}>

\`\`\`
broken
\`\`\``,
    });
    expect(world.monitoring.changes).toEqual([]);
    expect(world.meter.value("wishes", "issue", "done")).toBe(2);
  });

  it("has a permission of its own, in the language of the operator", async () => {
    await world.start({
      language: "de",
      rules: [
        { allow: false, verbs: ["issue"], hosts: ["db*"] },
        { allow: true, verbs: ["issue"] },
      ],
    });
    for (const text of ["issue###db1###sql###", "ack###web1###http###", "issue###web1###nope###", "issue"])
      await world.say(text);
    await world.say("issue###web1###http###");
    expect(await world.answered(5)).toEqual([
      "✗ issue: das ist dir hier nicht erlaubt",
      "✗ acknowledge: das ist dir hier nicht erlaubt",
      "Issue eröffnet für nope - web1: ✗ das Monitoring kennt es nicht oder zeigt es dem Bot nicht",
      expect.stringMatching(/^✗ welcher Host oder Service/),
      `Issue eröffnet für http - web1: ✓ ${linkTo(1)}`,
    ]);
  });

  it("says ✗ and why when GitLab does not let it, and does not blame the monitoring", async () => {
    await world.start();
    await world.say("recheck###web1###http###");
    await world.answered(1);
    fake.faults.push({ kind: "reply", status: 429, body: "Retry later\n", headers: { "retry-after": "7" } });
    await world.say("issue###web1###http###");
    expect((await world.answered(2))[1]).toBe(
      "Opened an issue for http - web1: ✗ GitLab does not answer: no more requests for 7 s",
    );
    writeFileSync(join(world.folder.path, "token"), "glpat-other");
    await world.say("issue###web1###http###");
    expect((await world.answered(3))[2]).toBe(
      "Opened an issue for http - web1: ✗ GitLab does not allow it: 401 Unauthorized, look at token_file=",
    );
    expect(world.meter.value("monitoringUp")).toBe(1);
    expect(fake.issues).toEqual([]);
  });

  it("is opened also while the monitoring is away", async () => {
    await world.start();
    world.monitoring.trouble = { kind: "unavailable", reason: "ECONNREFUSED" };
    await world.say("issue###web1###http###");
    expect(await world.answered(1)).toEqual([`Opened an issue for http - web1: ✓ ${linkTo(1)}`]);
  });

  it("is opened once, and answered once, when the bot was ended before it knew", async () => {
    await world.start();
    await world.say("issue###web1###http###");
    await world.answered(1);
    await world.end();
    // As after a crash between GitLab's answer and the journal's line of it.
    const path = join(world.folder.path, "actions");
    const id = await world.say("issue###db1###sql###");
    writeFileSync(path, `${JSON.stringify({ key: `message ${id}`, seen: world.clock.now() })}\n`);
    const title = "omd-worker: sql - db1";
    fake.issues.push({ iid: 2, title, description: "", labels: "", notes: [], state: "opened" });
    await world.start();
    expect((await world.answered(2))[1]).toBe(`There is an open issue for sql - db1: ✓ ${linkTo(2)}`);
    await world.settled();
    expect(fake.issues).toHaveLength(2);
  });

  it("is no command, and no word of the help, where no GitLab is configured", async () => {
    await world.start();
    await world.say("help");
    expect((await world.answered(1))[0]).toContain("\n- `issue [reason]` opens an issue in GitLab\n");
    await world.end();
    world.tracker = undefined;
    await world.start();
    for (const text of ["issue###web1###http###", "help"]) await world.say(text);
    const [, said, help] = await world.answered(3);
    expect(said).toBe("✗ there is no command `issue`. help");
    expect(help).not.toContain("issue");
    expect(fake.requests).toEqual([]);
  });
});
