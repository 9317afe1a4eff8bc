import { spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { withoutSecrets } from "../../config/variables.ts";
import { RESOLVER_URL } from "../../run/site/resolve-sdk.ts";
import type { Io } from "../io.ts";

/**
 * Runs the tests of a site's checks with Node.js's own runner. They find `omd-worker/sdk` where no package is
 * installed.
 */
export async function testPlugins(files: readonly string[], io: Io): Promise<number> {
  const faults = files.flatMap((file) => findFault(file) ?? []);
  if (faults.length > 0) {
    io.stderr(`${faults.join("\n")}\n`);
    return 1;
  }
  const code = `import { provideSdk } from ${JSON.stringify(RESOLVER_URL)}; provideSdk();`;
  const child = spawn(
    process.execPath,
    [
      "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON",
      `--import=data:text/javascript,${encodeURIComponent(code)}`,
      "--test",
      "--test-isolation=none",
      ...files.map((file) => resolve(file)),
    ],
    { stdio: ["inherit", "pipe", "inherit"], env: withColours(withoutSecrets(io.env)) },
  );
  // The runner would end with a stack trace if its reader went away.
  child.stdout.on("data", (text: Buffer) => io.stdout(text));
  io.onOutputLost?.(() => child.kill());
  const [exitCode] = await once(child, "close");
  return exitCode === 0 ? 0 : 1;
}

/** The runner writes to a pipe, so it does not see the terminal behind it. */
function withColours(env: Io["env"]): Io["env"] {
  return process.stdout.isTTY && env["NO_COLOR"] === undefined ? { FORCE_COLOR: "1", ...env } : env;
}

/** The runner would count a file without tests as one test that has passed. */
function findFault(file: string): string | undefined {
  const state = statSync(file, { throwIfNoEntry: false });
  if (state === undefined) return `${file} is not there`;
  if (state.isDirectory()) return `${file} is a folder, name its files: ${file}/*.test.ts`;
  return /\.(?:test|spec)\.m?[jt]s$/.test(file) ? undefined : `${file} is no test: those end in .test.ts`;
}
