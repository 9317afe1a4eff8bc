import { expect, it } from "vitest";
import { findSiteFiles, USUAL_CACHES } from "../../../src/survey/site/usual-files.ts";

it("Debian 12's package nagios4 has its cache among the usual places", () => {
  expect(USUAL_CACHES).toContain("/var/lib/nagios4/objects.cache");
});

it.each([
  ["/var/lib/nagios4/objects.cache", "/etc/nagios4"],
  ["/var/cache/naemon/objects.cache", "/etc/naemon"],
  ["/var/spool/nagios/objects.cache", "/etc/nagios"],
  ["/usr/local/nagios/var/objects.cache", "/usr/local/nagios/etc"],
  ["/omd/sites/prod/var/naemon/objects.cache", "/omd/sites/prod/etc/naemon"],
])("the other files of the core that has written %s are looked for in %s", (cache, folder) => {
  const { main, resources } = findSiteFiles(cache);
  expect(resources).toContain(`${folder}/resource.cfg`);
  expect(main).toContain(`${folder}/nagios.cfg`);
});
