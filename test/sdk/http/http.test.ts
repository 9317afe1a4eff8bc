import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Server } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { defineCheck, type Http, UNKNOWN } from "../../../sdk/index.ts";
import { runCheck } from "../../../sdk/testing.ts";
import { createCertificate, inDays } from "../../support/servers/certificates.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  return (server.address() as AddressInfo).port;
}

async function serve(answer: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listen(createServer(answer))}`;
}

async function serveBytes(bytes: string): Promise<string> {
  const server = createTcpServer((socket) => socket.on("error", () => {}).end(bytes, "latin1"));
  return `http://127.0.0.1:${await listen(server)}`;
}

/** What a check answers that asks this way, and says what it got. */
async function ask(asking: (http: Http) => Promise<unknown>) {
  const check = defineCheck({
    name: "check_x",
    summary: "",
    options: {},
    run: async (_, { http }) => ({ returnCode: 0, output: JSON.stringify(await asking(http)) }),
  });
  const { returnCode, output } = await runCheck(check, "", { timeoutMs: 60_000 });
  return returnCode === 0 ? JSON.parse(output) : [returnCode, output];
}

/** What the server got, as its answer. */
const echo: RequestListener = (request, response) => {
  void readAll(request).then((body) => {
    const { method, url, headers } = request;
    response.end(JSON.stringify({ method, url, body, headers }));
  });
};

async function readAll(request: IncomingMessage): Promise<string> {
  return Buffer.concat(await request.toArray()).toString();
}

describe("http asks", () => {
  it("for JSON, for text, and for all there is", async () => {
    const url = await serve((_, response) => {
      response.setHeader("content-type", "application/json; charset=latin1");
      response.end(Buffer.from('{"a":"ü"}', "latin1"));
    });
    expect(await ask((http) => http.json(`${url}/a?b`))).toEqual({ a: "ü" });
    expect(await ask((http) => http.text(url))).toBe('{"a":"ü"}');
    const all = await ask((http) => http.get(new URL(url)));
    expect(all).toMatchObject({
      status: 200,
      url: `${url}/`,
      headers: { "content-type": /json/ },
      text: /a/,
    });
  });

  it.each([
    [{}, { method: "GET", body: "" }],
    [{ login: { user: "me", password: "a:ü" } }, { headers: { authorization: "Basic bWU6YTrDvA==" } }],
    [{ login: { token: "t" } }, { headers: { authorization: "Bearer t" } }],
    [
      { body: { a: 1 } },
      { method: "POST", body: '{"a":1}', headers: { "content-type": "application/json" } },
    ],
    [
      { body: "ü", method: "PUT" },
      { method: "PUT", body: "ü" },
    ],
    [{ headers: { "X-A": "b", Accept: "c" } }, { headers: { "x-a": "b", accept: "c" } }],
  ])("with %j", async (options, got) => {
    const url = await serve(echo);
    expect(await ask((http) => http.json(url, options))).toMatchObject(got);
  });

  it("with the login of the URL", async () => {
    const url = (await serve(echo)).replace("//", "//me:p%40ss@");
    expect(await ask((http) => http.json(url))).toMatchObject({
      headers: { authorization: `Basic ${btoa("me:p@ss")}` },
    });
  });

  it("by a name, through the resolver of all checks", async () => {
    const url = await serve(echo);
    const named = url.replace("127.0.0.1", "localhost");
    expect(await ask((http) => http.json(named))).toMatchObject({ method: "GET" });
  });
});

describe("http follows redirects", () => {
  it("and gives the login to no other server", async () => {
    const other = await serve(echo);
    const url = await serve(({ url: path }, response) => {
      response.writeHead(302, { location: path === "/" ? "/again" : `${other}/end` }).end();
    });
    const options = { login: { token: "t" }, headers: { cookie: "c", "x-api-key": "k", "x-a": "b" } };
    const got = await ask((http) => http.json(url, options));
    expect(got).toMatchObject({ url: "/end", headers: { "x-a": "b" } });
    expect(Object.keys(got.headers)).not.toEqual(expect.arrayContaining(["authorization"]));
    expect(got.headers).not.toHaveProperty("cookie");
    expect(got.headers).not.toHaveProperty("x-api-key");
  });

  it("some times only, and none of a POST", async () => {
    const url = await serve((_, response) => void response.writeHead(302, { location: "/a" }).end());
    expect(await ask((http) => http.text(url))).toEqual([2, `CRITICAL - ${url}/: more than 5 redirects`]);
    expect(await ask((http) => http.text(url, { body: "x" }))).toEqual([2, `CRITICAL - ${url}/: HTTP 302`]);
  });
});

describe("http answers in a sentence", () => {
  it("for a status that was not expected", async () => {
    const url = await serve((_, response) => void response.writeHead(503).end());
    const secret = `${url.replace("//", "//me:geheim@")}/door?token=geheim`;
    expect(await ask((http) => http.text(secret))).toEqual([2, `CRITICAL - ${url}/door: HTTP 503`]);
    const mine = { failure: UNKNOWN } as const;
    expect(await ask((http) => http.text(secret, mine))).toEqual([3, `UNKNOWN - ${url}/door: HTTP 503`]);
    expect(await ask((http) => http.text(url, { accept: (status) => status === 503 }))).toBe("");
  });

  it.each([
    ["a body that is no JSON", "HTTP/1.1 200 OK\r\n\r\nhello", "the answer is no JSON"],
    ["what is no HTTP", "hello\r\n\r\n", "the answer is no HTTP"],
    ["a body that is cut off", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}", /.+/],
    ["a server that hangs up", "", /.+/],
    [
      "a body that is too large",
      `HTTP/1.1 200 OK\r\n\r\n${"x".repeat(99)}`,
      "the answer has more than 50 bytes",
    ],
  ])("for %s", async (_, bytes, says) => {
    const url = await serveBytes(bytes);
    const [state, output] = await ask((http) => http.json(url, { maxBytes: 50 }));
    expect(state).toBe(2);
    expect(output).toMatch(typeof says === "string" ? `CRITICAL - ${url}/: ${says}` : says);
  });

  it("for a server that does not answer in time", async () => {
    const url = await serve(() => {});
    const silent = await ask((http) => http.text(url, { timeout: 0.2 }));
    expect(silent).toEqual([2, `CRITICAL - ${url}/: no answer after 0.2 seconds`]);
  });

  it("for a port where nobody listens, a name that nobody knows, and no URL", async () => {
    const server = createTcpServer();
    const port = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    const url = `http://127.0.0.1:${port}`;
    expect(await ask((http) => http.text(url))).toEqual([2, `CRITICAL - ${url}/: connection refused`]);
    const unknown = "http://nothing.invalid/";
    expect(await ask((http) => http.text(unknown))).toEqual([2, expect.stringContaining(`${unknown}: `)]);
    expect(await ask((http) => http.text("ftp://a"))).toEqual([3, expect.stringContaining("is no URL")]);
  });
});

describe("https", () => {
  const certificate = createCertificate({ commonNames: ["door.example"], notAfter: inDays(9) });
  const serveTls = async (options: object = {}) =>
    `https://127.0.0.1:${await listen(createTlsServer({ ...certificate, ...options }, echo))}`;

  it("does not trust every certificate", async () => {
    const url = await serveTls();
    expect(await ask((http) => http.json(url))).toEqual([
      2,
      expect.stringMatching(/^CRITICAL - https:.*: .*self-signed certificate/),
    ]);
  });

  it("trusts the certificate that it is given, for its name", async () => {
    const url = await serveTls();
    const tls = { ca: certificate.cert };
    const named = { tls: { ...tls, serverName: "door.example" } };
    expect(await ask((http) => http.json(url, named))).toMatchObject({ method: "GET" });
    expect(await ask((http) => http.json(url, { tls }))).toEqual([2, expect.stringContaining("127.0.0.1")]);
    expect(await ask((http) => http.json(url, { tls: { verify: false } }))).toMatchObject({ method: "GET" });
  });

  it("shows a certificate of its own", async () => {
    const url = await serveTls({ requestCert: true, rejectUnauthorized: true, ca: certificate.cert });
    const mine = { verify: false, cert: certificate.cert, key: certificate.key };
    expect(await ask((http) => http.json(url, { tls: mine }))).toMatchObject({ method: "GET" });
    expect(await ask((http) => http.json(url, { tls: { verify: false } }))).toEqual([2, expect.any(String)]);
  });

  it("is not left for http", async () => {
    const server = createTlsServer(certificate, (_, response) => {
      response.writeHead(302, { location: "http://127.0.0.1:1/" }).end();
    });
    const url = `https://127.0.0.1:${await listen(server)}`;
    const asked = await ask((http) => http.text(url, { tls: { verify: false } }));
    expect(asked).toEqual([2, `CRITICAL - ${url}/: redirects from https to http`]);
  });
});
