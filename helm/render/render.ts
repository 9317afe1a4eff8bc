import { globSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { CHART, renderedFiles } from "./rendered-files.ts";

// `npm run chart`: writes the files of the chart that are made of others.
for (const path of globSync(`${CHART}/files/*/*`)) rmSync(path);
for (const [path, content] of renderedFiles()) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
