import { execa } from "execa";
import { beforeAll, describe, expect, it } from "vitest";

interface PackedFile {
  readonly path: string;
  readonly size: number;
}

/** What npm would pack of this checkout: with `dist` if it was built. */
describe("the package", () => {
  let files: readonly PackedFile[] = [];
  beforeAll(async () => {
    const { stdout } = await execa({ preferLocal: true })`npm pack --dry-run --json --ignore-scripts`;
    [{ files }] = JSON.parse(stdout) as [{ files: readonly PackedFile[] }];
  });
  const pathsLike = (pattern: RegExp) => files.map(({ path }) => path).filter((path) => pattern.test(path));
  const isBuilt = ({ path }: PackedFile) => path.startsWith("dist/");

  it("has the guides for authors of checks, and what they lead to", () => {
    const examples = ["rollout/hooks/rollout.sh", "event-handlers/restart-service", "sakuli/forwarder.mjs"];
    const guides = ["sdk/README.md", "plugins/README.md", "README.md"];
    const wanted = [...guides, ...examples.map((path) => `examples/${path}`)];
    expect(files.map(({ path }) => path)).toEqual(expect.arrayContaining(wanted));
  });

  it("has only what it names, and no source but the compiled", () => {
    const folders = "docs|monitoring|man|completions|systemd|examples|dist/(?:src|sdk|plugins|integrations)";
    const single = "package\\.json|README\\.md|LICENSE|CHANGELOG\\.md|(?:sdk|plugins)/README\\.md";
    expect(pathsLike(new RegExp(`^(?!(?:${folders})/)(?!(?:${single})$)`))).toEqual([]);
    expect(pathsLike(/(?<!\.d)\.[cm]?ts$|\.map$/)).toEqual([]);
  });

  it("has no tests, bench or fuzz", () => {
    expect(pathsLike(/(?:^|\/)(?:tests?|__tests__|bench|fuzz|fixtures|testdata)\//)).toEqual([]);
    expect(pathsLike(/\.(?:test|spec|bench)\./)).toEqual([]);
  });

  /** A tenth to a third above what it had when this was written. A folder by mistake is more. */
  it.each([
    ["beside the compiled code", (file: PackedFile) => !isBuilt(file), { files: 130, bytes: 1_800_000 }],
    ["of compiled code", isBuilt, { files: 2400, bytes: 9_000_000 }],
  ])("is not larger than expected, in what it has %s", (_, isCounted, most) => {
    const counted = files.filter(isCounted);
    expect(counted.length).toBeLessThan(most.files);
    expect(counted.reduce((sum, { size }) => sum + size, 0)).toBeLessThan(most.bytes);
  });
});
