import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { checkPgsql } from "../../../plugins/pgsql/check_pgsql.ts";
import { SharedValues } from "../../../sdk/shared.ts";
import { Executor } from "../../../src/executor/executor.ts";
import { createIdentification } from "../../../src/run/routing/identity.ts";
import { createRouter } from "../../../src/run/routing/router.ts";
import { createRunner } from "../../../src/run/run.ts";
import { createShelf } from "../../../src/run/shelf.ts";
import { createCertificate, inDays } from "../../support/servers/certificates.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { Postgresql } from "../../support/servers/postgresql.ts";
import { stubLog } from "../../support/stub-log.ts";
import { findPlugin } from "../core/real-plugins.ts";
import { compareWithPlugin } from "../differential.ts";

/** A runner as a worker has it: what the check leaves is executed. */
async function createWay() {
  const shelf = createShelf([checkPgsql]);
  const executor = new Executor({ log: stubLog(), warm: 1, idleTimeout: 0 });
  await executor.start();
  const shared = new SharedValues({ log: () => {} });
  const router = createRouter({
    shelf,
    identify: createIdentification(),
    switches: {
      mode: "on",
      speaksEnglish: true,
      only: [],
      except: [],
      internalOff: [],
      experimental: [],
    },
  });
  const runner = createRunner({ router, executor, shared, log: stubLog(), findMarks: shelf.find });
  return {
    async run(words: readonly string[]) {
      const commandLine = words.map((word) => `'${word}'`).join(" ");
      const { outcome, via } = await runner({ ...JOB, commandLine }, 30);
      if (outcome.kind !== "exited") throw new Error(outcome.kind);
      return { via, returnCode: outcome.returnCode, output: outcome.stdout };
    },
    async [Symbol.asyncDispose]() {
      await executor.stop();
      await shared[Symbol.asyncDispose]();
    },
  };
}

const JOB = {
  ...({ type: "service", hostName: "h", serviceDescription: "s", resultQueue: undefined } as const),
  targetQueue: undefined,
  coreTime: undefined,
  timeout: undefined,
  pluginOutput: undefined,
  longPluginOutput: undefined,
  contact: undefined,
};

type Answer = "OK" | "no TLS" | "wrong name" | "not trusted" | "no root";
const SAID: Readonly<Record<Answer, RegExp>> = {
  OK: /^ OK - database template1 /,
  "no TLS": /server does not support SSL, but SSL was required/,
  "wrong name": /server certificate for "localhost" does not match host name "127\.0\.0\.1"/,
  "not trusted": /certificate verify failed/,
  "no root": /root certificate file "[^"]*" does not exist/,
};

/** Who answers: the worker itself, or the plugin. */
type Via = "native" | "plugin";
/** Servers: its certificate has the name localhost. */
type Server = "secure" | "plain";
type Root = "right" | "wrong" | "none";

const CASES: readonly (readonly [string, Server, host: string, Root, Via, Answer])[] = [
  ["disable", "secure", "localhost", "none", "native", "OK"],
  ["prefer", "secure", "localhost", "none", "native", "OK"],
  ["prefer", "plain", "localhost", "none", "native", "OK"],
  ["require", "secure", "localhost", "none", "native", "OK"],
  ["require", "secure", "127.0.0.1", "none", "native", "OK"],
  ["require", "plain", "localhost", "none", "native", "no TLS"],
  ["require", "secure", "localhost", "right", "plugin", "OK"],
  ["require", "secure", "localhost", "wrong", "plugin", "not trusted"],
  ["allow", "secure", "localhost", "none", "plugin", "OK"],
  ["allow", "plain", "localhost", "none", "plugin", "OK"],
  ["verify-ca", "secure", "localhost", "right", "plugin", "OK"],
  ["verify-ca", "secure", "127.0.0.1", "right", "plugin", "OK"],
  ["verify-ca", "secure", "localhost", "wrong", "plugin", "not trusted"],
  ["verify-ca", "secure", "localhost", "none", "plugin", "no root"],
  ["verify-ca", "plain", "localhost", "right", "plugin", "no TLS"],
  ["verify-full", "secure", "localhost", "right", "plugin", "OK"],
  ["verify-full", "secure", "127.0.0.1", "right", "plugin", "wrong name"],
  ["verify-full", "secure", "localhost", "wrong", "plugin", "not trusted"],
  ["verify-full", "plain", "localhost", "right", "plugin", "no TLS"],
];

describe.skipIf(!hasServer("postgresql") || !hasServer("check_pgsql"))(
  "a server is asked with sslmode",
  () => {
    const plugin = findPlugin("check_pgsql") ?? "";
    const home = mkdtempSync(join(tmpdir(), "home-"));
    let way: Awaited<ReturnType<typeof createWay>>;
    let secure: Postgresql;
    let plain: Postgresql;
    const wrong = join(home, "wrong.pem");

    beforeAll(async () => {
      vi.stubEnv("HOME", home);
      writeFileSync(wrong, createCertificate({ commonNames: ["localhost"], notAfter: inDays(9) }).cert);
      [secure, plain] = await Promise.all([Postgresql.start({ tls: true }), Postgresql.start()]);
      way = await createWay();
    }, 120_000);
    afterAll(async () => {
      vi.unstubAllEnvs();
      await way[Symbol.asyncDispose]();
      await Promise.all([secure[Symbol.asyncDispose](), plain[Symbol.asyncDispose]()]);
    });

    const wordsOf = (mode: string, server: Server, host: string, root: Root) => {
      const { port, user, password } = server === "secure" ? secure : plain;
      const file = root === "right" ? join(secure.folder, "cert.pem") : wrong;
      const roots = root === "none" ? "" : ` sslrootcert=${file}`;
      return ["-H", host, "-P", String(port), "-l", user, "-p", password, "-o", `sslmode=${mode}${roots}`];
    };

    it.each(CASES)(
      "%s: %s at %s, its root is %s: by the way %s, %s",
      async (...[mode, server, host, root, via, said]) => {
        const words = wordsOf(mode, server, host, root);
        const answered = await way.run([plugin, ...words]);
        expect(answered.output).toMatch(SAID[said]);
        expect([answered.via, answered.returnCode]).toEqual([via, said === "OK" ? 0 : 2]);
        const { differences } = await compareWithPlugin(checkPgsql, plugin, [words]);
        expect(differences).toEqual([]);
      },
      60_000,
    );

    it("require with a root in the user's own folder verifies, so the plugin is asked", async () => {
      mkdirSync(join(home, ".postgresql"));
      writeFileSync(join(home, ".postgresql", "root.crt"), createCertificate({ notAfter: inDays(9) }).cert);
      await using fresh = await createWay();
      const answered = await fresh.run([plugin, ...wordsOf("require", "secure", "localhost", "none")]);
      expect(answered).toMatchObject({ via: "plugin", returnCode: 2 });
      expect(answered.output).toMatch(SAID["not trusted"]);
    }, 60_000);
  },
);
