/**
 * Ends with 1 and a sentence where `npm ci` has left out the compiled part of rolldown, which tests and builds need. npm skips such a
 * package where the Node.js that npm itself runs on is too old for it, as Debian 12's is, and says nothing.
 */
try {
  await import("rolldown");
} catch (error) {
  // Its second sentence advises to remove package-lock.json.
  const reason = String(error?.message ?? error).split(/\n|\. /)[0];
  process.stderr.write(
    `rolldown, which tests and builds need, cannot be loaded: ${reason}
If npm runs on a Node.js older than 20.19 or 22.12, it has left out a part of it. Install once more with a newer one:
  npx --yes --package=node@24 --package=npm@10 npm ci
`,
  );
  process.exit(1);
}
