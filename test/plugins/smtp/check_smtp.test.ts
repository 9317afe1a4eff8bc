import { afterEach, describe, expect, it } from "vitest";
import { checkSmtp } from "../../../plugins/smtp/check_smtp.ts";
import { runCheck } from "../../../sdk/testing.ts";
import { createCertificate, inDays } from "../../support/servers/certificates.ts";
import { FakeServers, type Serve } from "../../support/servers/fake-servers.ts";
import { normalise } from "../oracle.ts";
import { PLAIN_SERVERS, serveMail } from "./mail-servers.ts";

let servers = new FakeServers();
afterEach(async () => {
  await servers[Symbol.asyncDispose]();
  servers = new FakeServers();
});

async function run(line: string, serve: Serve) {
  const port = await servers.tcp(serve);
  const { returnCode, output } = await runCheck(checkSmtp, `-H 127.0.0.1 -p ${port} ${line}`);
  return [returnCode, normalise(output).replaceAll(String(port), "PORT")];
}

const usual = serveMail(PLAIN_SERVERS["usual"] ?? { banner: "", answers: {} });
const TIME = "N.NNN sec. response time|time=N.NNNNNNs;;;0.000000";

describe("against servers of its own", () => {
  it.each([
    ["", 0, `SMTP OK - ${TIME}`],
    ["-f me@x -C 'RCPT TO:<a@b>' -R ^550", 0, `SMTP OK - ${TIME}`],
    [
      "-C NOOP -R ^5",
      1,
      `SMTP WARNING - Invalid response '250 2.0.0 Ok' to command 'NOOP'\nSMTP WARNING - ${TIME}`,
    ],
    [
      "-e nothing",
      1,
      "Invalid SMTP response received from host on port PORT: 220 mail.example ESMTP ready\r\n250 mail.example",
    ],
  ])("%s", async (line, returnCode, output) => {
    expect(await run(line, usual)).toEqual([returnCode, output]);
  });

  it("starts TLS, and looks at the certificate", async () => {
    const certificate = createCertificate({ commonNames: ["mail.example"], notAfter: inDays(20.5) });
    const serve = serveMail(PLAIN_SERVERS["usual"] ?? { banner: "", answers: {} }, certificate);
    expect(await run("-S", serve)).toEqual([0, `SMTP OK - ${TIME}`]);
    expect(await run("-D 30,10", serve)).toEqual([
      1,
      expect.stringMatching(/^WARNING - Certificate 'mail.example' expires in N day\(s\)/),
    ]);
  });

  it("says what it has said before when the time is up", async () => {
    const silent = serveMail({
      banner: "220 x\r\n",
      answers: { HELO: "250 y\r\n", NOOP: "500 z\r\n", QUIT: "" },
    });
    expect(await run("-t 1 -C NOOP -R 250", silent)).toEqual([
      2,
      "SMTP WARNING - Invalid response '500 z' to command 'NOOP'\nCRITICAL - Socket timeout after 1 seconds",
    ]);
  });

  it("leaves to the plugin what depends on when the connection breaks", async () => {
    const gone = serveMail({ banner: "220 x\r\n", answers: { HELO: "250 y\r\n" }, hangsUpAfter: "HELO" });
    await expect(run("-C NOOP", gone)).rejects.toThrow("the server hung up early");
  });

  it("does not take words for an answer over TLS that came before", async () => {
    const answers = { EHLO: "250 STARTTLS\r\n", STARTTLS: "220 go\r\n250 injected\r\n" };
    await expect(run("-S", serveMail({ banner: "220 x\r\n", answers }))).rejects.toThrow(
      "words that came before TLS began",
    );
  });
});
