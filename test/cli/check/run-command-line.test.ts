import { expect, it } from "vitest";
import { NATIVE_HTTP_KEEPALIVE } from "../../../plugins/http/settings.ts";
import type { Shared } from "../../../sdk/check.ts";
import { runCommandLine } from "../../../src/cli/check/run-command-line.ts";
import { createLog } from "../../../src/log.ts";
import { nativeRoute } from "../../run/native-route.ts";
import { loadMinimal } from "../../support/config/load-memory.ts";

const KEEPALIVE: Shared<{ readonly isKept: () => boolean } & Disposable> = {
  name: "keepalive",
  create: ({ setting }) => ({ isKept: () => setting(NATIVE_HTTP_KEEPALIVE), [Symbol.dispose]() {} }),
};

it.each(["on", "off"])("a check finds its family's setting as worker.conf has it: %s", async (value) => {
  const { config } = loadMinimal([`native_http_keepalive=${value}`]);
  const route = nativeRoute(({ shared }) => ({
    returnCode: 0,
    output: shared(KEEPALIVE).isKept() ? "on" : "off",
  }));
  const log = createLog({ debug: -1, file: undefined, toStderr: true, format: "text" });
  const written: string[] = [];
  const io = { stdout: (text: string | Uint8Array) => void written.push(`${text}`), stderr() {}, env: {} };
  expect(
    await runCommandLine(
      { commandLine: "/p/check_x" },
      { config, router: () => route, log, findMarks: () => undefined, names: [] },
      io,
    ),
  ).toBe(0);
  expect(written).toEqual([`${value}\n`]);
});
