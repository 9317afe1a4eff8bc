import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { EXAMPLE } from "../support/rollout-site.ts";

const read = (path: string) => readFileSync(path, "utf8");

interface Values {
  readonly image: { readonly registry: string };
}

describe.each(["dev", "prod"])("the example's values of %s", (stage) => {
  const values = parse(read(join(EXAMPLE, `site/values/${stage}.yaml`))) as Values;

  it("are those of the chart: registry, pools and credentials", () => {
    expect(values).toEqual(parse(read(`helm/omd-worker/values-${stage}.yaml`)));
  });

  it("have their chart where release.sh pushes it beside the images", () => {
    const pushed = /helm push FOLDER\/omd-worker-\S+ oci:\/\/(\S+)/.exec(read("docs/images.md"))?.[1];
    const chart = /^CHART=oci:\/\/(\S+)$/m.exec(read(join(EXAMPLE, "site/site.conf")))?.[1];
    expect(read("release/release.sh")).toContain('push "$1" "oci://$destination/charts"');
    expect([`${pushed}/omd-worker`, chart]).toEqual([
      `${values.image.registry}/charts/omd-worker`,
      `${values.image.registry}/charts/omd-worker`,
    ]);
  });

  it("are installed by hand as the release that the roll-out installs", () => {
    const words = `helm upgrade --install ${stage} helm/omd-worker --namespace omd-${stage} -f `;
    expect(read("docs/kubernetes.md")).toContain(`${words}values-${stage}.yaml`);
    expect(read(`helm/omd-worker/values-${stage}.yaml`)).toContain(words);
    expect(read(join(EXAMPLE, "hooks/rollout.sh"))).toContain('--install "$1" --namespace "omd-$1"');
  });
});
