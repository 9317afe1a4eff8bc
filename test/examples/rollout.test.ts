import {
  chmodSync,
  chownSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ChatServer } from "../../integrations/chat-server/chat-server.ts";
import { hasTool } from "../support/fetched-tools.ts";
import { RolloutSite, rolloutCalls } from "../support/rollout-site.ts";
import { hasServer } from "../support/servers/installed.ts";

const GW1 = "satellites/dev/gw1.example.org.conf";
const ROOT = process.geteuid?.() === 0;

describe.skipIf(!hasTool("helm") || !hasServer("git"))("a site's repository with the example's hooks", () => {
  let site: RolloutSite;
  beforeEach(async () => {
    site = await RolloutSite.create("helm", "omd-worker");
  });
  afterEach(() => site[Symbol.dispose]());

  it("brings main to the development stage and its satellites, and a tag to production", async () => {
    site.program("satellite/omd-worker", "exit 0");
    expect(await site.pushAll("first")).toMatchObject({ exitCode: 0 });
    expect(site.log("helm")).toEqual(rolloutCalls("dev"));
    expect(site.log("ssh")).toEqual(["gw1.example.org"]);
    expect(readFileSync(site.at("etc/worker.conf"), "utf8")).toContain("servicegroups=branch-office");
    expect(await site.promote("prod-1")).toMatchObject({ exitCode: 0 });
    expect(site.log("helm").slice(2)).toEqual(rolloutCalls("prod"));
  });

  it.each<[string, (site: RolloutSite) => void, RegExp]>([
    [
      "a value that the chart does not know",
      (at) => at.append("values/dev.yaml", "replicaz: 3\n"),
      /rollout: values\/dev\.yaml:[\s\S]*replicaz/,
    ],
    [
      "an option that the worker does not know",
      (at) => at.append("values/prod.yaml", "poolDefaults: { config: { max-workers: 5 } }\n"),
      /rollout: values\/prod\.yaml:[\s\S]*max-workers/,
    ],
    [
      "a key in the values",
      (at) => {
        const text = at.read("values/dev.yaml");
        at.write(
          "values/dev.yaml",
          text.replace("existingSecret: omd-dev-gearman", "key: a-key-in-a-repository"),
        );
      },
      /rollout: values\/dev\.yaml holds a secret/,
    ],
    [
      "a satellite's file that is wrong",
      (at) => at.append(GW1, "encryption=perhaps\n"),
      /rollout: satellites\/dev\/gw1\.example\.org\.conf:6: encryption: 'perhaps'/,
    ],
  ])("refuses %s, and rolls nothing out", async (_, change, message) => {
    change(site);
    const { exitCode, all } = await site.pushAll("wrong");
    expect(exitCode).not.toBe(0);
    expect(all).toMatch(message);
    expect(site.log("helm")).toEqual([]);
  });
});

describe.skipIf(!hasServer("git"))("a roll-out by the example's hooks", () => {
  let site: RolloutSite;
  beforeEach(async () => {
    site = await RolloutSite.create("omd-worker");
  });
  afterEach(() => site[Symbol.dispose]());

  it("that fails is said, and leaves the satellites as they are", async () => {
    writeFileSync(site.at("broken"), "");
    const { all } = await site.pushAll("first");
    expect(all).toContain("rollout: dev was not rolled out, Helm has gone back to what was there");
    expect(site.log("ssh")).toEqual([]);
  });

  it("is told in Zulip, one message for a push, and goes on without Zulip", async () => {
    site.program("satellite/omd-worker", "exit 0");
    await using fake = await ChatServer.start();
    const bot = fake.world.addUser({ email: "bot@rig.local", fullName: "Bot", isBot: true });
    fake.world.addStream("deployments", [bot.id]);
    writeFileSync(site.at("zulip.key"), bot.key, { mode: 0o600 });
    const key = `api_key_file=${site.at("zulip.key")}`;
    const lines = [`site=${fake.url}`, `email=${bot.email}`, key, "stream=deployments"];
    writeFileSync(site.at("zulip.conf"), lines.join("\n"));
    site.env["ZULIP_CONF"] = site.at("zulip.conf");
    expect(await site.pushAll("first")).toMatchObject({ exitCode: 0 });
    const [told, ...others] = fake.world.sentTo("deployments");
    expect(told?.content).toMatch(
      /^\*\*configuration\*\* `[0-9a-f]{7,}` deployed on 2 of 2 nodes\nAda: first\nStage: dev\n\* cluster: ok\n\* gw1\.example\.org: ok$/,
    );
    expect(others).toEqual([]);
    await fake.stop();
    const { exitCode, all } = await site.pushAll("second");
    expect(exitCode).toBe(0);
    expect(all).toContain("rollout: the roll-out could not be told in Zulip");
  });

  it("leaves a satellite as it is that finds its file wrong", async () => {
    writeFileSync(site.at("etc/worker.conf"), "as it was\n");
    site.write(GW1, "server=x\nkeyfile=/no/key\nservices=yes\n");
    const { all } = await site.pushAll("no key there");
    expect(all).toContain("gw1.example.org keeps the configuration it had");
    expect(readFileSync(site.at("etc/worker.conf"), "utf8")).toBe("as it was\n");
    expect(readdirSync(site.at("etc"))).toEqual(["worker.conf"]);
  });

  it("keeps owner and mode of a satellite's file, which its worker has found right", async () => {
    const file = site.at("etc/worker.conf");
    writeFileSync(file, "as it was\n");
    if (ROOT) chownSync(file, 0, 4711);
    chmodSync(file, 0o640);
    const { uid, gid } = statSync(file);
    expect(await site.pushAll("first")).toMatchObject({ exitCode: 0 });
    expect(readFileSync(file, "utf8")).toContain("servicegroups=branch-office");
    const { mode, ...after } = statSync(file);
    expect([after.uid, after.gid, (mode & 0o7777).toString(8)]).toEqual([uid, gid, "640"]);
    const asWorker = `-u the-worker -- omd-worker config check ${file}.new`;
    expect(site.log("runuser")).toEqual(ROOT ? [asWorker] : []);
  });

  it.runIf(ROOT)("refuses to exchange a file whose owner it cannot keep", async () => {
    writeFileSync(site.at("etc/worker.conf"), "as it was\n");
    chownSync(site.at("etc/worker.conf"), 4711, 4711);
    site.program("satellite/cp", 'exec /bin/cp "$2" "$3"');
    const { all } = await site.pushAll("first");
    expect(all).toContain("cannot keep the owner and mode of");
    expect(readFileSync(site.at("etc/worker.conf"), "utf8")).toBe("as it was\n");
  });
});

/** Pushes that wait for the roll-out of another one get the lock in no order. */
describe.skipIf(!hasServer("git"))("pushes whose hooks run in the wrong order", () => {
  let site: RolloutSite;
  beforeEach(async () => {
    site = await RolloutSite.create();
    expect(await site.pushAll("first")).toMatchObject({ exitCode: 0 });
    renameSync(site.at("site.git/hooks/post-receive"), site.at("site.git/hooks/late"));
  });
  afterEach(() => site[Symbol.dispose]());

  async function late(reference: string, commit: string) {
    const input = `${"0".repeat(40)} ${commit} ${reference}\n`;
    const env = { ...site.env, GIT_DIR: "." };
    return await execa(site.at("site.git/hooks/late"), { cwd: site.at("site.git"), env, input, all: true });
  }

  async function pushMarked(mark: string): Promise<string> {
    site.append("values/dev.yaml", `# dev of ${mark}\n`);
    site.append("values/prod.yaml", `# prod of ${mark}\n`);
    expect(await site.pushAll(mark)).toMatchObject({ exitCode: 0 });
    return await site.idOf("HEAD");
  }

  it.each([
    ["the later one is first", true],
    ["the earlier one is first", false],
  ])("bring the newest of main to the development stage, once: %s", async (_, isReversed) => {
    const commits = [await pushMarked("one"), await pushMarked("two")];
    const [first = "", second = ""] = isReversed ? commits.toReversed() : commits;
    await late("refs/heads/main", first);
    expect((await late("refs/heads/main", second)).all).toMatch(
      /^rollout: dev has main \([0-9a-f]+\) or a newer/,
    );
    expect(site.log("values").slice(1)).toEqual(["# dev of two"]);
  });

  it("bring the newest tag to production, and let a tag go back to an older commit", async () => {
    const one = await pushMarked("one");
    await late("refs/heads/main", one);
    const two = await pushMarked("two");
    await late("refs/heads/main", two);
    expect(await site.promote("prod-1", one)).toMatchObject({ exitCode: 0 });
    expect(await site.promote("prod-2", two)).toMatchObject({ exitCode: 0 });
    await late("refs/tags/prod-2", two);
    expect((await late("refs/tags/prod-1", one)).all).toMatch(/^rollout: prod has prod-2 /);
    expect(site.log("values").slice(3)).toEqual(["# prod of two"]);
    expect(await site.promote("prod-3", one)).toMatchObject({ exitCode: 0 });
    await late("refs/tags/prod-3", one);
    expect(site.log("values").slice(3)).toEqual(["# prod of two", "# prod of one"]);
  });

  it("try again what a hook before could not bring", async () => {
    const commits = [await pushMarked("one"), await pushMarked("two")];
    writeFileSync(site.at("broken"), "");
    await expect(late("refs/heads/main", commits[0] ?? "")).rejects.toThrow("dev was not rolled out");
    renameSync(site.at("broken"), site.at("mended"));
    await late("refs/heads/main", commits[1] ?? "");
    expect(site.log("helm").at(-1)).toBe("test dev --namespace omd-dev");
    expect(existsSync(site.at("site.git/refs/deployed/dev", commits[1] ?? ""))).toBe(true);
  });
});
