import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { decodeJob } from "../../src/job/decode.ts";
import { InFlight } from "../../src/worker/in-flight.ts";

const job = (queue: string) => ({
  handle: "H:gm:1",
  queue,
  unique: "",
  server: "127.0.0.1:4730",
  workload: Buffer.alloc(0),
  complete: () => {},
  fail: () => {},
});

const UNREAD = { type: undefined, hostName: undefined, serviceDescription: undefined };
const SERVICE = decodeJob("type=service\nhost_name=web1\nservice_description=HTTP\ncommand_line=true\n");

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("the jobs in flight", () => {
  it("are told with their age in seconds, the oldest first, until they end", () => {
    const inFlight = new InFlight();
    const [host, service] = [job("host"), job("service")];
    inFlight.begin(host);
    vi.advanceTimersByTime(1_500);
    inFlight.begin(service);
    vi.advanceTimersByTime(500);
    expect(inFlight.status).toEqual([
      { queue: "host", server: "127.0.0.1:4730", age: 2, ...UNREAD },
      { queue: "service", server: "127.0.0.1:4730", age: 0.5, ...UNREAD },
    ]);
    inFlight.read(service, SERVICE);
    expect(inFlight.status[1]).toMatchObject({
      type: "service",
      hostName: "web1",
      serviceDescription: "HTTP",
    });
    inFlight.end(host);
    expect(inFlight.status.map(({ queue }) => queue)).toEqual(["service"]);
    expect([inFlight.size, inFlight.ended]).toEqual([1, 1]);
  });

  it("can be waited for, those too that begin meanwhile", async () => {
    const inFlight = new InFlight();
    const [first, second] = [job("host"), job("host")];
    await inFlight.whenEmpty();
    let isEmpty = false;
    inFlight.begin(first);
    const empty = inFlight.whenEmpty().then(() => {
      isEmpty = true;
    });
    inFlight.begin(second);
    inFlight.end(first);
    await Promise.resolve();
    expect(isEmpty).toBe(false);
    inFlight.end(second);
    await empty;
  });
});
