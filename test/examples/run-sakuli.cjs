"use strict";
// Runs a test as @sakuli/cli does: presets come by require(), and what they register is used by Sakuli itself.
// node run-sakuli.cjs CORE PRESET FOLDER, where FOLDER has test.js and properties.json.
const { readFileSync } = require("node:fs");
const { join } = require("node:path");

const [, , core, preset, folder] = process.argv;
const { Sakuli } = require(core);
const { StaticPropertySource } = require(require.resolve("@sakuli/commons", { paths: [core] }));

function projectPreset(registry) {
  registry.registerProjectLoader({
    async load(project) {
      const properties = JSON.parse(readFileSync(join(folder, "properties.json"), "utf8"));
      await project.installPropertySource(new StaticPropertySource(properties));
      project.addTestFile({ path: "test.js" });
      return project;
    },
  });
  registry.registerContextProvider({
    onProject: async () => {},
    requestContext: async (execution) => ({ execution }),
  });
}

async function main() {
  const sakuli = Sakuli([projectPreset, require(preset)]);
  sakuli.logger.onEvent(({ message }) => process.stderr.write(`${message}\n`));
  const project = await sakuli.initializeProject({ path: folder });
  const { resultState } = await sakuli.run(project);
  process.exit(resultState);
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(99);
});
