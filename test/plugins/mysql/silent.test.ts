import { once } from "node:events";
import type { Socket } from "node:net";
import { afterAll, describe, expect, it, vi } from "vitest";
import { checkMysql } from "../../../plugins/mysql/check_mysql.ts";
import { checkMysqlQuery } from "../../../plugins/mysql/check_mysql_query.ts";
import type { Check } from "../../../sdk/index.ts";
import { runCheck } from "../../../sdk/testing.ts";
import { FakeServers } from "../../support/servers/fake-servers.ts";
import { speaker } from "./speaker.ts";

const QUERY = ["-q", "select 1"];

/** The plugins wait without an end. */
describe("a server that", () => {
  const servers = new FakeServers();
  afterAll(() => servers[Symbol.asyncDispose]());

  it.each([
    ["check_mysql", checkMysql],
    ["check_mysql_query", checkMysqlQuery],
  ])(
    "does not answer the login of %s is CRITICAL when libmariadb's time is up",
    { timeout: 60_000 },
    async (_, check) => {
      const asked = Promise.withResolvers<void>();
      const port = String(await servers.tcp(speaker({ login: () => asked.resolve() })));
      const words = ["-H", "127.0.0.1", "-P", port, "-u", "mon", ...(check === checkMysqlQuery ? QUERY : [])];
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
      const answer = runCheck(check, words, { timeoutMs: 50_000 });
      await asked.promise;
      await vi.advanceTimersByTimeAsync(30_000);
      vi.useRealTimers();
      const text = "Lost connection to server at 'reading authorization packet', system error: 110";
      expect(await answer).toMatchObject({
        returnCode: 2,
        output: `${check === checkMysqlQuery ? "QUERY CRITICAL: " : ""}${text}\n`,
      });
    },
  );

  it.each<[name: string, check: Check, command: "query" | "statistics"]>([
    ["check_mysql", checkMysql, "statistics"],
    ["check_mysql_query", checkMysqlQuery, "query"],
  ])(
    "does not answer the command of %s has the time of the job",
    { timeout: 60_000 },
    async (_, check, command) => {
      const asked = Promise.withResolvers<Socket>();
      const port = String(await servers.tcp(speaker({ [command]: asked.resolve })));
      const words = ["-H", "127.0.0.1", "-P", port, "-u", "mon", ...(check === checkMysqlQuery ? QUERY : [])];
      const job = new AbortController();
      const answer = runCheck(check, words, { timeoutMs: 50_000, signal: job.signal });
      const connection = await asked.promise;
      const isClosed = once(connection, "close");
      job.abort(new Error("the time of the job is up"));
      await expect(answer).rejects.toThrow("the time of the job is up");
      await isClosed;
    },
  );
});
