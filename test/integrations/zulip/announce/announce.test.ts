import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ChatServer } from "../../../../integrations/chat-server/chat-server.ts";
import { readDeployment, renderDeployment } from "../../../../integrations/zulip/announce/deployment.ts";
import { run } from "../../../cli/io.ts";
import { createFolder } from "../../../support/folder.ts";

const DEPLOYMENT = {
  what: "worker.conf",
  commit: "1a2b3c4",
  stage: "prod",
  subject: "Ada: more threads",
  expected: 3,
  nodes: [
    { node: "gw1.example.org", isDone: true, remark: "" },
    { node: "10.0.0.1:22", isDone: false, remark: "it keeps - what it had" },
  ],
};

describe("the message of a push", () => {
  it("says on how many nodes it is, which failed, and the stage; and can be read again", () => {
    const text = renderDeployment(DEPLOYMENT);
    expect(text).toBe(`**worker.conf** \`1a2b3c4\` deployed on 1 of 3 nodes, **failed on 1**
Ada: more threads
Stage: prod
* gw1.example.org: ok
* 10.0.0.1:22: **FAILED** - it keeps - what it had`);
    expect(readDeployment(text)).toEqual(DEPLOYMENT);
    const { expected: _, ...unknown } = { ...DEPLOYMENT, subject: "" };
    const other = { ...unknown, expected: undefined };
    expect(readDeployment(renderDeployment(other))).toEqual(other);
  });

  it("mentions nobody by what others have written", () => {
    const nodes = [{ node: "a", isDone: false, remark: "@**all** [x](http://y)\n* b: ok" }];
    const text = renderDeployment({ ...DEPLOYMENT, subject: "@**all**", nodes });
    expect(text).not.toMatch(/@\*\*|\]\(/);
    expect(readDeployment(text)?.nodes).toHaveLength(1);
  });

  it.each(["", "hello", "**x** deployed", "**x** `c` deployed on 1 nodes"])("is not %j", (text) => {
    expect(readDeployment(text)).toBeUndefined();
  });
});

describe("omd-worker zulip announce", () => {
  let folder: ReturnType<typeof createFolder>;
  let fake: ChatServer;
  let conf: string;
  let now: number;
  beforeEach(async () => {
    folder = createFolder();
    now = Date.parse("2026-11-23T10:00:00Z");
    await startChat(600);
  });

  const startChat = async (editLimit: number) => {
    fake = await ChatServer.start({ now: () => now, editLimit });
    const bot = fake.world.addUser({ email: "bot@rig.local", fullName: "Bot", isBot: true });
    fake.world.addStream("deployments", [bot.id]);
    const keyFile = join(folder.path, "key");
    writeFileSync(keyFile, bot.key, { mode: 0o600 });
    conf = join(folder.path, "zulip.conf");
    const lines = [
      `site=${fake.url}`,
      "email=bot@rig.local",
      `api_key_file=${keyFile}`,
      "stream=deployments",
    ];
    writeFileSync(conf, lines.join("\n"));
  };
  afterEach(async () => {
    await fake.stop();
    folder[Symbol.dispose]();
  });

  const announce = (commit: string, ...words: readonly string[]) =>
    run("zulip", ["announce", commit, `--config=${conf}`, "--stage=prod", ...words]);
  const messages = () => fake.world.sentTo("deployments").map(({ content }) => content.split("\n"));

  it("writes one message for a push, and changes it when further nodes report", async () => {
    expect(await announce("1a2b3c4", "gw1=ok", "--nodes=3", "--subject=Ada: x")).toEqual({
      code: 0,
      stderr: "",
      stdout: "the message was posted\n",
    });
    expect(await announce("1a2b3c4", "gw2=failed: no key", "gw3=ok")).toMatchObject({
      stdout: "the message was changed\n",
    });
    await announce("1a2b3c4", "gw2=ok");
    expect(messages()).toEqual([
      [
        "**configuration** `1a2b3c4` deployed on 3 of 3 nodes",
        "Ada: x",
        ...["Stage: prod", "* gw1: ok", "* gw2: ok", "* gw3: ok"],
      ],
    ]);
    expect(fake.world.messages[0]?.topic).toBe("Deployments");
  });

  it("writes another one with all nodes when Zulip lets it change the first no more, and changes that one", async () => {
    await announce("1a2b3c4", "gw1=ok", "--nodes=3", "--subject=Ada: x");
    now += 15 * 60_000;
    expect(await announce("1a2b3c4", "gw2=ok")).toEqual({
      code: 0,
      stderr: "",
      stdout: "the message may not be changed any more: another one was posted, with all nodes\n",
    });
    expect(await announce("1a2b3c4", "gw3=ok")).toMatchObject({ stdout: "the message was changed\n" });
    const nodes = ["* gw1: ok", "* gw2: ok", "* gw3: ok"];
    expect(messages()).toEqual([
      ["**configuration** `1a2b3c4` deployed on 1 of 3 nodes", "Ada: x", "Stage: prod", "* gw1: ok"],
      ["**configuration** `1a2b3c4` deployed on 3 of 3 nodes", "Ada: x", "Stage: prod", ...nodes],
    ]);
  });

  it("writes one for each call where the organization lets nobody change messages", async () => {
    await fake.stop();
    await startChat(0);
    await announce("1a2b3c4", "gw1=ok");
    expect(await announce("1a2b3c4", "gw2=ok")).toMatchObject({ code: 0 });
    expect(messages().map((lines) => lines.slice(2))).toEqual([["* gw1: ok"], ["* gw1: ok", "* gw2: ok"]]);
  });

  it("writes no other one when Zulip does not answer", async () => {
    await announce("1a2b3c4", "gw1=ok");
    await fake.stop();
    expect(await announce("1a2b3c4", "gw2=ok")).toMatchObject({ code: 1 });
    await fake.resume();
    expect(messages()).toHaveLength(1);
  });

  it("writes another one for another commit, stage or thing", async () => {
    await announce("1a2b3c4", "gw1=ok");
    await announce("2a2b3c4", "gw1=ok");
    await announce("2a2b3c4", "gw1=ok", "--what=thruk");
    await run("zulip", ["announce", "2a2b3c4", "gw1=ok", `--config=${conf}`, "--stage=dev"]);
    expect(messages().map(([head, stage]) => `${head}, ${stage}`)).toEqual([
      "**configuration** `1a2b3c4` deployed on 1 nodes, Stage: prod",
      "**configuration** `2a2b3c4` deployed on 1 nodes, Stage: prod",
      "**thruk** `2a2b3c4` deployed on 1 nodes, Stage: prod",
      "**configuration** `2a2b3c4` deployed on 1 nodes, Stage: dev",
    ]);
  });

  it.each([
    [[], "the first word is the commit"],
    [["a b"], "the first word is the commit"],
    [["1a2b3c4", "gw1"], "'gw1' is neither NODE=ok"],
    [["1a2b3c4", "--nodes=many"], "--nodes: 'many' is no number"],
    [["1a2b3c4", "gw1=ok", "--stage="], "there is no stage"],
    [["1a2b3c4", "gw1=ok", "--config=/nowhere"], "/nowhere"],
  ])("says what is wrong with %j", async (words, text) => {
    const said = await run("zulip", [
      "announce",
      ...words,
      ...(text.includes("stage") ? [`--config=${conf}`] : []),
    ]);
    expect(said.code).toBe(3);
    expect(said.stderr).toContain(text);
  });

  it.each([
    ["nowhere", "STREAM_DOES_NOT_EXIST"],
    ["hidden", "'hidden' (it is private and this user is not subscribed to it"],
  ])("ends with 1 and the reason if Zulip does not take it into the stream %s", async (stream, reason) => {
    fake.world.addStream("hidden", [], { isPrivate: true });
    expect(await announce("1a2b3c4", "gw1=ok", `--stream=${stream}`)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(reason),
    });
  });
});
