import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import type { IncomingMessage, RequestListener, Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { execa } from "execa";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { createFolder } from "../support/folder.ts";
import { createCertificate, inDays } from "../support/servers/certificates.ts";
import { FakeGitLab, GITLAB_PROJECT, GITLAB_TOKEN } from "../support/servers/fake-gitlab.ts";
import { hasServer } from "../support/servers/installed.ts";
import { Sshd } from "../support/servers/sshd.ts";

const EXAMPLES = resolve("examples/event-handlers");
const CRITICAL = ["--state=CRITICAL", "--state-type=HARD", "--attempt=3"];

let folder: ReturnType<typeof createFolder>;
const at = (name: string) => join(folder.path, name);
beforeEach(() => {
  folder = createFolder();
});
afterEach(() => folder[Symbol.dispose]());

async function run(name: string, words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { exitCode, stdout, stderr } = await execa(join(EXAMPLES, name), words, { env, reject: false });
  expect(stderr).toBe("");
  return { exitCode, stdout };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return (server.address() as AddressInfo).port;
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}

describe.skipIf(!hasServer("sshd"))("restart-service, with a real sshd and the script of the host", () => {
  let sshd: Sshd;
  let host: ReturnType<typeof createFolder>;
  beforeAll(async () => {
    host = createFolder();
    const systemctl = join(host.path, "systemctl");
    writeFileSync(
      systemctl,
      `#!/bin/sh\necho "$*" >>${host.path}/calls\n[ "$2" != broken ] || { echo "$2.service not loaded" >&2; exit 5; }\n[ "$1" != is-active ] || echo active\n`,
    );
    chmodSync(systemctl, 0o755);
    writeFileSync(join(host.path, "units"), "apache2\nbroken\n");
    const variables = [
      `HOME=${host.path}`,
      `OMD_RESTART_UNITS=${host.path}/units`,
      `OMD_RESTART_COMMAND=${systemctl}`,
    ];
    sshd = await Sshd.start({
      config: [
        `SetEnv ${variables.join(" ")}`,
        `ForceCommand ${join(EXAMPLES, "on-target/omd-restart-unit")}`,
      ],
    });
  });
  afterAll(async () => {
    await sshd?.[Symbol.asyncDispose]();
    host?.[Symbol.dispose]();
  });
  beforeEach(() => writeFileSync(join(host.path, "calls"), ""));

  const calls = () => readFileSync(join(host.path, "calls"), "utf8");
  function restart(...words: readonly string[]) {
    const hosts = at("known_hosts");
    writeFileSync(hosts, sshd.knownHost());
    const options = [
      "-F",
      "/dev/null",
      "-p",
      String(sshd.port),
      "-o",
      `UserKnownHostsFile=${hosts}`,
      "-o",
      "GlobalKnownHostsFile=/dev/null",
    ];
    const env = { OMD_SSH_KEY: sshd.identity, OMD_SSH_USER: sshd.user, OMD_SSH_OPTIONS: options.join(" ") };
    return run("restart-service", ["--host=web1", "--address=127.0.0.1", "--service=http", ...words], env);
  }

  it("restarts the unit, and sees that it runs", async () => {
    expect(await restart(...CRITICAL, "--unit=apache2")).toEqual({
      exitCode: 0,
      stdout: "restarted apache2 on web1 for http: active",
    });
    expect(calls()).toBe("restart apache2\nis-active apache2\n");
  });

  it("says what systemctl said when that failed", async () => {
    const { exitCode, stdout } = await restart(...CRITICAL, "--unit=broken");
    expect(exitCode).toBe(5);
    expect(stdout).toBe(
      "cannot restart broken on web1 for http (ssh ended with 5): broken.service not loaded",
    );
  });

  it("cannot restart what the host does not offer", async () => {
    const { exitCode, stdout } = await restart(...CRITICAL, "--unit=sshd");
    expect(exitCode).toBe(3);
    expect(stdout).toContain("sshd is not in ");
    expect(calls()).toBe("");
  });

  it.each([
    ["--state=OK", "--state-type=HARD", "nothing to do: http is OK"],
    ["--state=CRITICAL", "--state-type=SOFT", "nothing to do yet: CRITICAL SOFT, attempt ?"],
  ])("waits for its turn: %s %s", async (state, type, said) => {
    expect(await restart(state, type, "--unit=apache2")).toEqual({ exitCode: 0, stdout: said });
    expect(calls()).toBe("");
  });

  it("acts on a soft state from the attempt on that it is told", async () => {
    const soft = ["--state=CRITICAL", "--state-type=SOFT", "--from-attempt=2", "--unit=apache2"];
    expect((await restart(...soft, "--attempt=1")).stdout).toContain("nothing to do yet");
    expect((await restart(...soft, "--attempt=2")).stdout).toContain("restarted apache2");
  });

  it.each([
    "--unit=a;reboot",
    "--unit=-x",
    "--unit=a b",
    "--address=-oProxyCommand=x",
    "--attempt=1;x",
    "--nonsense",
  ])("refuses %s", async (word) => {
    const { exitCode, stdout } = await restart(...CRITICAL, "--unit=apache2", word);
    expect(exitCode).toBe(3);
    expect(stdout).toMatch(/^restart-service: /);
    expect(calls()).toBe("");
  });

  it("is told when the key of the host is another one", async () => {
    writeFileSync(at("empty"), "");
    const env = {
      OMD_SSH_KEY: sshd.identity,
      OMD_SSH_USER: sshd.user,
      OMD_SSH_OPTIONS: `-F /dev/null -p ${sshd.port} -o UserKnownHostsFile=${at("empty")} -o GlobalKnownHostsFile=/dev/null`,
    };
    const words = ["--host=127.0.0.1", ...CRITICAL, "--unit=apache2"];
    const { exitCode, stdout } = await run("restart-service", words, env);
    expect(exitCode).toBe(255);
    expect(stdout).toContain("Host key verification failed");
  });
});

describe("what omd-restart-unit is asked over ssh", () => {
  it.each([
    "",
    "reboot",
    "restart ",
    "restart a b",
    "restart $(reboot)",
    "restart a\nb",
    "restart -f",
    "Restart apache2",
  ])("may not be %j", async (SSH_ORIGINAL_COMMAND) => {
    writeFileSync(at("units"), "apache2\na\nb\n-f\n");
    const env = { SSH_ORIGINAL_COMMAND, OMD_RESTART_UNITS: at("units"), OMD_RESTART_COMMAND: "echo ran" };
    const { exitCode, stdout } = await run("on-target/omd-restart-unit", [], env);
    expect(exitCode).toBe(3);
    expect(stdout).not.toContain("ran");
  });
});

describe("scale-deployment.mjs", () => {
  const requests: string[] = [];
  let replicas = 2;
  let server: Server;
  let api: string;
  let certificate: string;

  /** What Kubernetes does with `deployments/scale`, for an account with the Role of the example. */
  const answer: RequestListener = async (request, response) => {
    const body = await readBody(request);
    requests.push(`${request.method} ${request.url} ${body}`.trim());
    const reply = (status: number, value: object) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    const fail = (status: number, message: string) =>
      reply(status, { kind: "Status", status: "Failure", message });
    if (request.headers.authorization !== "Bearer a-token") return fail(401, "Unauthorized");
    if (request.url !== "/apis/apps/v1/namespaces/omd-prod/deployments/shop/scale")
      return fail(403, `deployments.apps is forbidden: ${request.url}`);
    if (request.method === "PATCH") {
      if (request.headers["content-type"] !== "application/merge-patch+json")
        return fail(415, "Unsupported Media Type");
      replicas = JSON.parse(body).spec.replicas;
    }
    return reply(200, { kind: "Scale", spec: { replicas } });
  };

  beforeAll(async () => {
    const made = createCertificate({ altNames: ["127.0.0.1"], notAfter: inDays(1) });
    certificate = made.cert;
    server = createTlsServer(made, (request, response) => void answer(request, response));
    api = `https://127.0.0.1:${await listen(server)}`;
  });
  afterAll(() => close(server));
  beforeEach(() => {
    requests.length = 0;
    replicas = 2;
    for (const [name, text] of [
      ["token", "a-token\n"],
      ["namespace", "omd-prod"],
      ["ca.crt", certificate],
    ] as const)
      writeFileSync(at(name), text);
  });

  function scale(...words: readonly string[]) {
    const env = { OMD_KUBERNETES_ACCOUNT: folder.path, OMD_KUBERNETES_API: api };
    const own = ["--service=shop", "--deployment=shop", "--by=2", "--max=5", "--usual=2"];
    return run("scale-deployment.mjs", [...own, ...words], env);
  }

  it("adds pods, up to the most, and takes them back", async () => {
    expect(await scale(...CRITICAL)).toEqual({ exitCode: 0, stdout: "scaled shop from 2 to 4 for shop" });
    expect((await scale(...CRITICAL)).stdout).toBe("scaled shop from 4 to 5 for shop");
    expect((await scale(...CRITICAL)).stdout).toBe(
      "nothing to do: shop has 5 pods, and CRITICAL needs no other",
    );
    expect((await scale("--state=WARNING", "--state-type=HARD")).stdout).toContain("nothing to do");
    expect((await scale("--state=OK", "--state-type=HARD")).stdout).toBe("scaled shop from 5 to 2 for shop");
    expect(requests.slice(0, 2)).toEqual([
      "GET /apis/apps/v1/namespaces/omd-prod/deployments/shop/scale",
      'PATCH /apis/apps/v1/namespaces/omd-prod/deployments/shop/scale {"spec":{"replicas":4}}',
    ]);
  });

  it("asks nothing while the state is soft", async () => {
    expect((await scale("--state=CRITICAL", "--state-type=SOFT")).stdout).toContain("nothing to do yet");
    expect(requests).toEqual([]);
  });

  it.each<[string, readonly string[], number, RegExp]>([
    ["another Deployment than the Role has", ["--deployment=bank"], 2, /403 deployments\.apps is forbidden/],
    ["a name that leads elsewhere", ["--deployment=../secrets/x"], 3, /no name of a Deployment/],
    ["no number", ["--max=many"], 3, /--max is no number/],
    ["an unknown option", ["--nonsense"], 3, /nonsense/],
  ])("says what is wrong: %s", async (_, words, code, text) => {
    const { exitCode, stdout } = await scale(...CRITICAL, ...words);
    expect(exitCode).toBe(code);
    expect(stdout).toMatch(text);
  });

  it("says what is wrong: a token that is not taken, a server that is not the cluster's", async () => {
    writeFileSync(at("token"), "another");
    expect(await scale(...CRITICAL)).toEqual({
      exitCode: 2,
      stdout: expect.stringContaining("401 Unauthorized"),
    });
    const foreign = createCertificate({ altNames: ["127.0.0.1"], notAfter: inDays(1) });
    writeFileSync(at("ca.crt"), foreign.cert);
    expect(await scale(...CRITICAL)).toEqual({ exitCode: 2, stdout: expect.stringContaining("certificate") });
  });

  it("has a Role for one Deployment of one namespace, and nothing else", () => {
    const text = readFileSync(join(EXAMPLES, "kubernetes/scale-deployment.yaml"), "utf8");
    const objects = parseAllDocuments(text).map((document) => document.toJS());
    expect(objects.map(({ kind, metadata }) => [kind, metadata.namespace])).toEqual([
      ["ServiceAccount", "omd-prod"],
      ["Role", "omd-prod"],
      ["RoleBinding", "omd-prod"],
    ]);
    expect(objects[1].rules).toEqual([
      {
        apiGroups: ["apps"],
        resources: ["deployments/scale"],
        resourceNames: ["shop"],
        verbs: ["get", "patch"],
      },
    ]);
  });
});

describe("open-gitlab-issue.mjs", () => {
  let gitlab: FakeGitLab;
  beforeAll(async () => {
    gitlab = await FakeGitLab.start();
  });
  afterAll(() => gitlab[Symbol.asyncDispose]());
  beforeEach(() => {
    gitlab.issues.length = 0;
    writeFileSync(at("token"), `${GITLAB_TOKEN}\n`, { mode: 0o600 });
  });

  function open(...words: readonly string[]) {
    const where = [`--url=${gitlab.url}/`, `--project=${GITLAB_PROJECT}`, `--token-file=${at("token")}`];
    return run("open-gitlab-issue.mjs", ["--host=web1", "--service=http", ...where, ...words]);
  }

  it("opens one issue for a problem, with what the core knows, and comments on it afterwards", async () => {
    const more = [
      "--output=connection refused\\nby @all `x`",
      "--duration=0d 0h 3m",
      "--labels=monitoring,prod",
      "--stage=prod",
    ];
    expect(await open(...CRITICAL, ...more)).toEqual({
      exitCode: 0,
      stdout: `opened #1: ${gitlab.url}/operation/orders/-/issues/1`,
    });
    expect(gitlab.issues[0]).toMatchObject({ title: "omd-worker: http - web1", labels: "monitoring,prod" });
    expect(gitlab.issues[0]?.description).toBe(`- Host: \`web1\`
- Service: \`http\`
- State: \`CRITICAL\`
- Attempt: \`3\`
- For: \`0d 0h 3m\`
- Stage: \`prod\`

\`\`\`
connection refused
by @all \`x\`
\`\`\``);
    expect((await open(...CRITICAL)).stdout).toContain("commented on #1: CRITICAL");
    expect((await open("--state=OK", "--state-type=HARD")).stdout).toContain("commented on #1: OK");
    expect(gitlab.issues).toHaveLength(1);
    expect(gitlab.issues[0]?.notes.map((note) => note.split("\n")[2])).toEqual([
      "- State: `CRITICAL`",
      "- State: `OK`",
    ]);
  });

  it("opens a new one when the old one is closed, and when only its name is alike", async () => {
    await open(...CRITICAL);
    await open(...CRITICAL, "--service=http 2");
    expect(gitlab.issues.map(({ title }) => title)).toEqual([
      "omd-worker: http - web1",
      "omd-worker: http 2 - web1",
    ]);
    for (const issue of gitlab.issues) issue.state = "closed";
    expect((await open("--state=OK", "--state-type=HARD")).stdout).toContain("nothing to do");
    await open(...CRITICAL);
    expect(gitlab.issues).toHaveLength(3);
  });

  it("says what is wrong, and never the token", async () => {
    expect(await open("--state=CRITICAL", "--state-type=SOFT")).toMatchObject({ exitCode: 0 });
    expect(await open(...CRITICAL, "--project=other")).toEqual({
      exitCode: 2,
      stdout: expect.stringContaining("404 Project Not Found"),
    });
    expect(await open(...CRITICAL, "--url=http://127.0.0.1:1")).toMatchObject({ exitCode: 2 });
    expect(await open(...CRITICAL, "--project=")).toEqual({
      exitCode: 3,
      stdout: "open-gitlab-issue: --project is needed",
    });
    expect(await open(...CRITICAL, "--token-file=/nowhere")).toMatchObject({ exitCode: 2 });
    writeFileSync(at("token"), "glpat-wrong");
    const { stdout } = await open(...CRITICAL);
    expect(stdout).toContain("401");
    expect(stdout).not.toContain("glpat");
    expect(gitlab.issues).toEqual([]);
  });
});
