import { describe, expect, it } from "vitest";
import {
  type Annotation,
  annotationLine,
} from "../../../../integrations/influxdb/annotations/annotation-line.ts";
import { fromByteString } from "../../../../src/byte-string.ts";

const OPTIONS = { hostcheck: "hostcheck", afterBackslash: "_", doublesBackslashes: false };
const COMMENT: Annotation = {
  type: "comment",
  host: "web1",
  service: "http",
  author: "ada",
  text: "new disk",
  time: 1_441_791_000,
};

describe("the line of an annotation", () => {
  it.each<[string, Partial<Annotation>, string]>([
    [
      "of a service",
      {},
      'messages,host=web1,service=http,type=comment,author=ada value="new disk" 1441791000000\n',
    ],
    [
      "of a host has the service that its values have",
      { service: undefined, type: "acknowledgement" },
      'messages,host=web1,service=hostcheck,type=acknowledgement,author=ada value="new disk" 1441791000000\n',
    ],
    [
      "without an author has no empty tag, which InfluxDB would refuse",
      { author: "", type: "downtime" },
      'messages,host=web1,service=http,type=downtime value="new disk" 1441791000000\n',
    ],
    [
      "keeps odd names and texts in their places",
      { service: "Disk C:\\", author: "Änna, b=c", text: 'a "b"\\\nc' },
      'messages,host=web1,service=Disk\\ C:\\_,type=comment,author=Änna\\,\\ b\\=c value="a \\"b\\"\\\\ c" 1441791000000\n',
    ],
  ])("%s", (_, more, line) => {
    expect(fromByteString(annotationLine({ ...COMMENT, ...more }, OPTIONS))).toBe(line);
  });

  it("has the stage that values have", () => {
    expect(annotationLine(COMMENT, { ...OPTIONS, stage: "dev" })).toContain(",author=ada,stage=dev value=");
  });

  it("is cut where a text has no end", () => {
    expect(annotationLine({ ...COMMENT, text: "ä".repeat(100_000) }, OPTIONS).length).toBeLessThan(21_000);
  });
});
