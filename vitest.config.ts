import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // test/support/native-import.ts asks for one of them.
    execArgv: ["--disable-warning=ExperimentalWarning"],
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/support/servers/installed.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: "forks",
    maxWorkers: 2,
  },
});
