import { execa } from "execa";
import { expect, it } from "vitest";

it("the package has the guides for authors of checks, and what they lead to", async () => {
  const { stdout } = await execa({ preferLocal: true })`npm pack --dry-run --json --ignore-scripts`;
  const [{ files }] = JSON.parse(stdout) as [{ files: readonly { path: string }[] }];
  const paths = files.map(({ path }) => path);
  expect(paths).toEqual(expect.arrayContaining(["sdk/README.md", "plugins/README.md", "README.md"]));
});
