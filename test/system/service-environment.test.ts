import { expect, it } from "vitest";
import { readServiceEnvironment } from "../../src/system/service-environment.ts";

const NOTIFY_SOCKET = "/run/systemd/notify";
const SOCKET = { socket: NOTIFY_SOCKET };

it.each([
  ["a socket alone", { NOTIFY_SOCKET }, { ...SOCKET, watchdogMs: undefined }],
  ["an abstract one", { NOTIFY_SOCKET: "@x" }, { socket: "@x", watchdogMs: undefined }],
  ["a watchdog", { NOTIFY_SOCKET, WATCHDOG_USEC: "60000000" }, { ...SOCKET, watchdogMs: 60_000 }],
  [
    "a watchdog of this process",
    { NOTIFY_SOCKET, WATCHDOG_USEC: "1000", WATCHDOG_PID: "7" },
    { ...SOCKET, watchdogMs: 1 },
  ],
  [
    "a watchdog of another process",
    { NOTIFY_SOCKET, WATCHDOG_USEC: "1000", WATCHDOG_PID: "8" },
    { ...SOCKET, watchdogMs: undefined },
  ],
  [
    "a watchdog that is no number",
    { NOTIFY_SOCKET, WATCHDOG_USEC: "x" },
    { ...SOCKET, watchdogMs: undefined },
  ],
  ["no socket", { WATCHDOG_USEC: "1000" }, undefined],
  ["a socket of a virtual machine", { NOTIFY_SOCKET: "vsock:2:1234" }, undefined],
  ["an empty one", { NOTIFY_SOCKET: "" }, undefined],
])("%s is understood", (_, env, expected) => {
  expect(readServiceEnvironment(env, 7)).toEqual(expected);
});
