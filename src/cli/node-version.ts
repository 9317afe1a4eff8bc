/** The same number stands in package.json. */
const NEEDED = 24;

/**
 * Called before the worker's own modules are linked: an older Node.js fails at the first name it does not
 * know, with no other explanation.
 */
export function describeOldNode({ version, path }: { version: string; path: string }): string | undefined {
  const major = Number.parseInt(version.replace(/^v/, ""), 10);
  return major < NEEDED ? `omd-worker needs Node.js ${NEEDED} or newer, ${path} is ${version}` : undefined;
}

export function refuseOldNode(): void {
  const reason = describeOldNode({ version: process.version, path: process.execPath });
  if (reason === undefined) return;
  process.stderr.write(`${reason}\n`);
  process.exit(3);
}
