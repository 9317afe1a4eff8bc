import { expect, it } from "vitest";
import { loadMinimal, problemsOf, warningsOf } from "../../support/config/load-memory.ts";

const HASH = "$2y$05$abcdefghijklmnopqrstuuWw2qy4Z8m8FzvJq0l7y4K3o5C9d2e1G";

it.each([
  ["status_page", "on"],
  ["status_page=yes", "on"],
  ["status_page=no", "off"],
  ["status_page=Off", "off"],
  ["status_page=auto", "auto"],
  ["status_page=", "off"],
])("%s shows the page: %s", (line, value) => {
  expect(loadMinimal(["hosts", line]).config.statusPage).toBe(value);
});

it("an unknown word for the status page keeps it off", () => {
  const loaded = loadMinimal(["hosts", "status_page=maybe"]);
  expect(loaded.config.statusPage).toBe("off");
  expect(warningsOf(loaded)).toEqual([
    "command line: warning: status_page: 'maybe' is unknown, using off (use one of off, on, auto)",
  ]);
});

it.each(["/etc/htpasswd", `ada:${HASH}`])("%s says who may see the page, and is never shown", (text) => {
  const { config } = loadMinimal(["hosts", `status_page_auth=${text}`]);
  expect(config.statusPageAuth?.reveal().toString()).toBe(text);
  expect(JSON.stringify(config)).not.toContain(text);
});

it.each(["ada:plain-password", "users-file", `${HASH}`, "ada:$apr1$abc$def", `a b:${HASH}`])(
  "%s is no user with a hash: the worker does not start, and the text is not repeated",
  (text) => {
    const problems = problemsOf(() => loadMinimal(["hosts", `status_page_auth=${text}`]));
    expect(JSON.stringify(problems)).toContain(
      "status_page_auth is neither user:hash, with a hash of bcrypt, nor an absolute path",
    );
    expect(JSON.stringify(problems)).not.toContain(text);
  },
);
