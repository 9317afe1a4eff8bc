import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { leavesNoErrno } from "../../../../plugins/snmp/snmpget/name-services.ts";
import { createFolder } from "../../../support/folder.ts";

it.each([
  ["passwd: files\nhosts:          files dns\n", true],
  ["hosts: files dns # as installed\n", true],
  ["hosts: files mdns4_minimal [NOTFOUND=return] dns\n", false],
  ["hosts: files dns myhostname\n", false],
  ["hosts: files\n", false],
  ["#hosts: files dns\n", false],
  ["", false],
])("what snmpget says of an unknown host with %j is certain: %s", (text, isCertain) => {
  using folder = createFolder();
  const file = join(folder.path, "nsswitch.conf");
  writeFileSync(file, text);
  expect(leavesNoErrno(file)).toBe(isCertain);
});

it("is certain without such a file, as on a small image", () => {
  expect(leavesNoErrno("/nonexistent/nsswitch.conf")).toBe(true);
});
