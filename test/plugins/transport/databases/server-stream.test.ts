import { once } from "node:events";
import { connect } from "node:net";
import { expect, it } from "vitest";
import { ServerGone, ServerStream } from "../../../../plugins/transport/databases/server-stream.ts";
import { checkLeaks } from "../../../support/leaks.ts";
import { FakeServers } from "../../../support/servers/fake-servers.ts";

checkLeaks();

it("a stream tells the end of a connection that the server has closed before", async () => {
  await using servers = new FakeServers();
  const port = await servers.tcp((socket) => socket.end("hello"));
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true }).resume();
  await once(socket, "end");
  const ends: unknown[] = [];
  const stream = new ServerStream(socket, {
    framer: { push: (piece) => piece },
    library: "none",
    onEnd: (reason) => ends.push(reason),
  });
  expect(ends).toEqual([expect.any(ServerGone)]);
  await expect(stream.ended).rejects.toMatchObject({ name: "ServerGone", how: "closed" });
  stream.end(new ServerGone("broken"));
  expect(ends).toHaveLength(1);
  if (!socket.closed) await once(socket, "close");
});
