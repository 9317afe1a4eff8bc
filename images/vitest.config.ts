import { defineConfig } from "vitest/config";

/** What images/test.sh runs: images that were built, in containers. Not a part of `npm test`. */
export default defineConfig({
  test: {
    include: ["images/acceptance/**/*.test.ts"],
    globalSetup: ["test/support/servers/installed.ts"],
    // On QEMU the help of all plugins of db takes three minutes.
    testTimeout: 600_000,
    hookTimeout: 180_000,
    pool: "forks",
    maxWorkers: 1,
  },
});
