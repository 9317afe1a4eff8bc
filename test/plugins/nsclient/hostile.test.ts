import { expect, it } from "vitest";
import { checkNt } from "../../../plugins/nsclient/check_nt.ts";
import { runCheck } from "../../../sdk/testing.ts";
import { checkLeaks } from "../../support/leaks.ts";
import { FakeServers } from "../../support/servers/fake-servers.ts";
import { agent } from "./agent.ts";

checkLeaks();

const LINE = "-H 127.0.0.1 -t 2";

it("a silent agent is a warning a second before the time-out", async () => {
  await using servers = new FakeServers();
  const port = await servers.tcp(() => {});
  expect(await runCheck(checkNt, `${LINE} -p ${port} -v UPTIME`)).toMatchObject({
    returnCode: 1,
    output: "No data was received from host!\ncould not fetch information from server\n",
  });
});

it("a port whose queue is full is the time-out", async () => {
  await using servers = new FakeServers();
  const port = await servers.full();
  expect(await runCheck(checkNt, `${LINE} -u -p ${port} -v UPTIME`)).toMatchObject({
    returnCode: 3,
    output: "UNKNOWN - Socket timeout after 2 seconds",
  });
});

it("takes what comes first of an agent that never stops", async () => {
  await using servers = new FakeServers();
  const endless = agent({ 1: "x".repeat(50_000) }, (socket, text) => {
    const more = () => {
      while (!socket.destroyed && socket.write(text));
    };
    socket.on("drain", more);
    more();
  });
  const port = await servers.tcp(endless);
  const { returnCode, output } = await runCheck(checkNt, `${LINE} -p ${port} -v CLIENTVERSION`);
  expect(returnCode).toBe(0);
  expect(output).toMatch(/^x{1,8191}\n$/);
});

it("leaves an answer without its second part to the plugin, which ends with a signal", async () => {
  await using servers = new FakeServers();
  const port = await servers.tcp(agent({ 5: "0", 9: "12" }));
  for (const variable of ["SERVICESTATE", "FILEAGE"]) {
    await expect(runCheck(checkNt, `${LINE} -p ${port} -v ${variable} -l x`)).rejects.toMatchObject({
      name: "CheckDeclined",
    });
  }
});

it("a check that is stopped leaves nothing", async () => {
  await using servers = new FakeServers();
  const giving = new AbortController();
  const asked = Promise.withResolvers<void>();
  const port = await servers.tcp(agent({ 3: "1" }, () => asked.resolve()));
  const running = runCheck(checkNt, `-H 127.0.0.1 -t 30 -p ${port} -v UPTIME`, { signal: giving.signal });
  await asked.promise;
  giving.abort(new Error("given up"));
  await expect(running).rejects.toThrow("given up");
});
