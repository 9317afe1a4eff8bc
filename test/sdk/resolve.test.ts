import { networkInterfaces } from "node:os";
import { describe, expect, it } from "vitest";
import { type Address, type Family, ResolveError } from "../../sdk/index.ts";
import { Resolver } from "../../sdk/resolve.ts";
import { checkLeaks } from "../support/leaks.ts";

checkLeaks();

const { signal } = new AbortController();
const HERE: readonly Address[] = [{ address: "127.0.0.1", family: 4 }];

/** A name server that answers when the test says so. */
class NameServer {
  readonly asked: string[] = [];
  now = 0;
  readonly #open: PromiseWithResolvers<readonly Address[]>[] = [];
  readonly resolver = new Resolver(
    (host) => {
      this.asked.push(host);
      const answer = Promise.withResolvers<readonly Address[]>();
      this.#open.push(answer);
      return answer.promise;
    },
    { now: () => this.now },
  );

  /** Answers the lookup that has waited for the longest time. */
  async answer(addresses: readonly Address[] | Error = HERE): Promise<void> {
    const first = this.#open.shift();
    if (addresses instanceof Error) first?.reject(addresses);
    else first?.resolve(addresses);
    await new Promise((resolve) => setImmediate(resolve));
  }

  ask(host: string, family: Family = 0, until: AbortSignal = signal): Promise<readonly Address[]> {
    return this.resolver.resolve(host, family, until);
  }

  askAnew(host: string): Promise<readonly Address[]> {
    return this.resolver.resolve(host, 0, signal, { anew: true });
  }
}

describe("a text that is an address already", () => {
  it.each<readonly [string, Family, Address]>([
    ["127.0.0.1", 0, { address: "127.0.0.1", family: 4 }],
    ["127.0.0.1", 4, { address: "127.0.0.1", family: 4 }],
    ["::1", 0, { address: "::1", family: 6 }],
    ["fe80::1%7", 6, { address: "fe80::1%7", family: 6 }],
    ["::ffff:192.0.2.1", 4, { address: "192.0.2.1", family: 4 }],
    ["::FFFF:c000:201", 4, { address: "192.0.2.1", family: 4 }],
    ["0:0:0:0:0:ffff:192.0.2.1%1", 4, { address: "192.0.2.1", family: 4 }],
    ["::ffff:192.0.2.1", 0, { address: "::ffff:192.0.2.1", family: 6 }],
  ])("%s is asked nowhere", async (host, family, address) => {
    const server = new NameServer();
    expect(await server.ask(host, family)).toEqual([address]);
    expect(server.asked).toEqual([]);
  });

  it("may name an interface where the address is a link's own", async () => {
    const [name = ""] = Object.keys(networkInterfaces());
    const server = new NameServer();
    expect(await server.ask(`fe80::1%${name}`)).toEqual([{ address: `fe80::1%${name}`, family: 6 }]);
    await expect(server.ask("fe80::1%none")).rejects.toThrow("Name or service not known");
    await expect(server.ask(`2001:db8::1%${name}`)).rejects.toThrow("Name or service not known");
  });

  it.each<readonly [string, Family]>([
    ["127.0.0.1", 6],
    ["::1", 4],
  ])("%s is not one of family %i", async (host, family) => {
    await expect(new NameServer().ask(host, family)).rejects.toThrow(
      "Address family for hostname not supported",
    );
  });
});

describe("a name", () => {
  it("is looked up once for all checks that wait for it", async () => {
    const server = new NameServer();
    const answers = Promise.all([server.ask("a"), server.ask("a"), server.ask("a")]);
    await server.answer();
    expect(await answers).toEqual([HERE, HERE, HERE]);
    expect(server.asked).toEqual(["a"]);
  });

  it("is looked up again for another family", async () => {
    const server = new NameServer();
    const answers = Promise.all([server.ask("a", 4), server.ask("a", 6)]);
    await server.answer();
    await server.answer();
    await answers;
    expect(server.asked).toEqual(["a", "a"]);
  });

  it("is kept for five seconds", async () => {
    const server = new NameServer();
    const first = server.ask("a");
    await server.answer();
    await first;
    server.now = 4_999;
    expect(await server.ask("a")).toEqual(HERE);
    server.now = 5_000;
    const again = server.ask("a");
    await server.answer([]);
    expect(await again).toEqual([]);
    expect(server.asked).toEqual(["a", "a"]);
  });

  it("that is unknown is looked up again", async () => {
    const server = new NameServer();
    const first = server.ask("a");
    first.catch(() => {});
    await server.answer(new ResolveError("EAI_NONAME"));
    await expect(first).rejects.toThrow("Name or service not known");
    const second = server.ask("a");
    await server.answer();
    expect(await second).toEqual(HERE);
  });
});

describe("a name that is asked for anew", () => {
  const THERE: readonly Address[] = [{ address: "192.0.2.1", family: 4 }];

  it("is not answered by what is kept, and its answer is kept for the others", async () => {
    const server = new NameServer();
    const first = server.ask("a");
    await server.answer();
    expect(await first).toEqual(HERE);
    const anew = server.askAnew("a");
    await server.answer(THERE);
    expect(await anew).toEqual(THERE);
    expect(await server.ask("a")).toEqual(THERE);
    expect(server.asked).toEqual(["a", "a"]);
  });

  it("shares a lookup that has not ended", async () => {
    const server = new NameServer();
    const answers = Promise.all([server.askAnew("a"), server.askAnew("a"), server.ask("a")]);
    await server.answer();
    expect(await answers).toEqual([HERE, HERE, HERE]);
    expect(server.asked).toEqual(["a"]);
  });

  it("waits for a slot as any other", async () => {
    const server = new NameServer();
    const answers = Promise.all([server.ask("a"), server.askAnew("b"), server.askAnew("c")]);
    expect(server.asked).toEqual(["a", "b"]);
    for (let at = 0; at < 3; at += 1) await server.answer();
    await answers;
    expect(server.asked).toEqual(["a", "b", "c"]);
  });

  it("may be an address", async () => {
    const server = new NameServer();
    expect(await server.askAnew("127.0.0.1")).toEqual(HERE);
    expect(server.asked).toEqual([]);
  });
});

describe("names that wait", () => {
  it("are looked up two at a time, in their order", async () => {
    const server = new NameServer();
    const answers = Promise.all(["a", "b", "c", "d"].map((host) => server.ask(host)));
    expect(server.asked).toEqual(["a", "b"]);
    await server.answer();
    expect(server.asked).toEqual(["a", "b", "c"]);
    for (let at = 0; at < 3; at += 1) await server.answer();
    expect(await answers).toHaveLength(4);
  });

  it("are not looked up when all checks that wait have given up", async () => {
    const server = new NameServer();
    const leaving = new AbortController();
    const answers = Promise.all([server.ask("a"), server.ask("b")]);
    const left = server.ask("c", 0, leaving.signal);
    leaving.abort(new Error("time is up"));
    await expect(left).rejects.toThrow("time is up");
    await server.answer();
    await server.answer();
    await answers;
    expect(server.asked).toEqual(["a", "b"]);
  });

  it("do not wait for names that were slow", async () => {
    const server = new NameServer();
    for (const host of ["slow1", "slow2"]) {
      const first = server.ask(host);
      server.now += 2_000;
      await server.answer();
      await first;
      server.now += 10_000;
    }
    const answers = Promise.all(["slow1", "slow2", "quick"].map((host) => server.ask(host)));
    expect(server.asked.slice(2)).toEqual(["slow1", "quick"]);
    await server.answer();
    expect(server.asked.slice(2)).toEqual(["slow1", "quick", "slow2"]);
    await server.answer();
    await server.answer();
    await answers;
  });
});

describe("glibc", () => {
  const resolver = new Resolver();

  it("is asked for names of /etc/hosts and for short notations", async () => {
    // glibc gives a `::1 localhost` of /etc/hosts as 127.0.0.1, too.
    const addresses = await resolver.resolve("localhost", 4, signal);
    expect([...new Set(addresses.map(({ address }) => address))]).toEqual(["127.0.0.1"]);
    expect(await resolver.resolve("127.1", 0, signal)).toEqual(HERE);
  });

  it("says why there is no address", async () => {
    await expect(resolver.resolve("127.1", 6, signal)).rejects.toMatchObject({
      name: "ResolveError",
      code: "EAI_ADDRFAMILY",
      message: "Address family for hostname not supported",
    });
  });
});

it("rejects at once when its time is up", async () => {
  const reason = new Error("time is up");
  await expect(new NameServer().ask("a", 0, AbortSignal.abort(reason))).rejects.toBe(reason);
});

it("knows afterwards which name has an address, also of an answer that is not kept", async () => {
  const server = new NameServer();
  expect(server.resolver.nameOf("127.0.0.1")).toBeUndefined();
  const asked = server.askAnew("web1");
  await server.answer();
  await asked;
  expect(server.resolver.nameOf("127.0.0.1")).toBe("web1");
});
