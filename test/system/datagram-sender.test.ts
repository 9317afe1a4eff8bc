import { randomUUID } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { DatagramSender } from "../../src/system/datagram-sender.ts";
import { createFolder } from "../support/folder.ts";
import { checkLeaks } from "../support/leaks.ts";
import { receiveDatagrams } from "../support/processes/datagram-receiver.ts";

checkLeaks();

const without = () => {
  throw new Error("perl is missing");
};

it.each([
  ["a path", (folder: string) => join(folder, "socket")],
  ["an abstract name", () => `@omd-worker-test/${randomUUID()}`],
])("messages arrive at %s as they are, in their order", async (_, nameIn) => {
  using folder = createFolder();
  const socket = nameIn(folder.path);
  await using receiver = await receiveDatagrams(socket);
  const messages = ["one", "two\nlines\n", "back\\slash \\n", "Lüfter ☃", "x".repeat(60_000), ""];
  {
    await using sender = new DatagramSender({ socket, patience: 1, without });
    for (const message of messages) sender.send(message);
  }
  await vi.waitFor(() => expect(receiver.received).toHaveLength(messages.length));
  expect(receiver.received).toEqual(messages);
});

it("waits for a daemon that restarts", async () => {
  using folder = createFolder();
  const socket = join(folder.path, "socket");
  await using sender = new DatagramSender({ socket, patience: 600, without });
  {
    await using receiver = await receiveDatagrams(socket);
    sender.send("before");
    await receiver.until("before");
  }
  sender.send("while it is away");
  rmSync(socket);
  sender.send("while the socket is away");
  await using receiver = await receiveDatagrams(socket);
  await receiver.until("while the socket is away");
  expect(receiver.received).toEqual(["while it is away", "while the socket is away"]);
});

it("gives up what has waited for too long, and goes on with what comes later", async () => {
  using folder = createFolder();
  const socket = join(folder.path, "socket");
  await using sender = new DatagramSender({ socket, patience: 0, without });
  sender.send("lost");
  let count = 0;
  await using receiver = await receiveDatagrams(socket);
  const timer = setInterval(() => sender.send(`later ${count++}`), 5);
  await receiver.until("later").finally(() => clearInterval(timer));
});

it("ends although nothing reads", async () => {
  using folder = createFolder();
  const sender = new DatagramSender({ socket: join(folder.path, "nobody"), patience: 600, without });
  for (let i = 0; i < 1_000; i++) sender.send("x".repeat(10_000));
  await sender[Symbol.asyncDispose]();
});

it("gives the messages back where there is no Perl", async () => {
  const given: string[] = [];
  const command = ["/nonexistent/perl"] as const;
  await using sender = new DatagramSender({
    socket: "@nobody",
    patience: 1,
    command,
    without: (message) => given.push(message),
  });
  sender.send("one");
  sender.send("two");
  await vi.waitFor(() => expect(given).toEqual(["one", "two"]));
  sender.send("three");
  expect(given).toEqual(["one", "two", "three"]);
});

it("gives the messages back where the program ends again and again", async () => {
  const given: string[] = [];
  await using sender = new DatagramSender({
    socket: "@nobody",
    patience: 1,
    command: ["false"],
    without: (message) => given.push(message),
  });
  await vi.waitFor(() => {
    sender.send("message");
    expect(given).not.toEqual([]);
  });
});

const PROGRAM = join(import.meta.dirname, "../../src/system/send-datagrams.pl");

/** The program, which writes its process id into a file at each of its starts. */
function noting(pidFile: string) {
  const pids = () => readFileSync(pidFile, "utf8").trim().split("\n").map(Number);
  return { command: ["sh", "-c", 'echo $$ >>"$0"; exec perl "$@"', pidFile, PROGRAM] as const, pids };
}

it("a signal to all processes of the worker does not end it before the last message", async () => {
  using folder = createFolder();
  const socket = join(folder.path, "socket");
  const { command, pids } = noting(join(folder.path, "pids"));
  await using receiver = await receiveDatagrams(socket);
  await using sender = new DatagramSender({ socket, patience: 1, without, command: [...command] });
  sender.send("first");
  await receiver.until("first");
  const [pid = 0] = pids();
  for (const name of ["SIGTERM", "SIGINT", "SIGHUP", "SIGUSR1"] as const) process.kill(pid, name);
  sender.send("last");
  await receiver.until("last");
  expect(pids()).toEqual([pid]);
});

it("is started again if it was killed", async () => {
  using folder = createFolder();
  const socket = join(folder.path, "socket");
  const { command, pids } = noting(join(folder.path, "pids"));
  await using receiver = await receiveDatagrams(socket);
  await using sender = new DatagramSender({ socket, patience: 1, without, command: [...command] });
  sender.send("first");
  await receiver.until("first");
  process.kill(pids()[0] ?? 0, "SIGKILL");
  await vi.waitFor(() => {
    sender.send("again");
    expect(receiver.received).toContain("again");
  });
  expect(pids()).toHaveLength(2);
});
