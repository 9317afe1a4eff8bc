import { defineConfig } from "vitest/config";

/** What helm/tools/accept.sh runs: the chart in a cluster. Not a part of `npm test`. */
export default defineConfig({
  test: {
    include: ["helm/acceptance/**/*.test.ts"],
    globalSetup: ["test/support/fetched-tools.ts"],
    testTimeout: 900_000,
    hookTimeout: 900_000,
    reporters: ["verbose"],
    pool: "forks",
    maxWorkers: 1,
  },
});
