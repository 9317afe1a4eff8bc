import { execaSync } from "execa";
import { describe, expect, it } from "vitest";
import { hasTool, toolPath } from "../support/fetched-tools.ts";
import { CHART, find, MINIMUM, objectsOf, refusalOf } from "../support/helm/template.ts";

const QUEUES = { eventhandler: true };
const NAME = "omd-handlers-worker";
const handlers = (handlerLog: object, more: object = {}) => ({
  pools: { handlers: { queues: QUEUES, handlerLog, ...more } },
});

function podOf(values: object) {
  const { spec } = find(objectsOf(values), "Deployment", NAME).spec.template;
  const [worker] = spec.containers;
  const volume = spec.volumes.find(({ name }: { name: string }) => name === "handler-log");
  return { worker, volume };
}

describe.skipIf(!hasTool("helm"))("the log of event handlers of a pool", () => {
  it("is not kept unless it is asked for", () => {
    const { worker, volume } = podOf(handlers({}));
    expect(volume).toBeUndefined();
    expect(JSON.stringify(worker)).not.toMatch(/eventhandler_log|POD_NAME|handler-log/);
  });

  it("has a file for each pod, outlives a container, and goes with the pod", () => {
    const { worker, volume } = podOf(handlers({ enabled: true }));
    expect(worker.args).toContain("--eventhandler_log=/var/log/omd-worker/$(POD_NAME).jsonl");
    expect(worker.env).toContainEqual({
      name: "POD_NAME",
      valueFrom: { fieldRef: { fieldPath: "metadata.name" } },
    });
    expect(worker.volumeMounts).toContainEqual({ name: "handler-log", mountPath: "/var/log/omd-worker" });
    expect(volume).toEqual({ name: "handler-log", emptyDir: { sizeLimit: "32Mi" } });
  });

  it("outlives the pod in a claim that is given", () => {
    const { volume } = podOf(handlers({ enabled: true, existingClaim: "handlers" }));
    expect(volume).toEqual({ name: "handler-log", persistentVolumeClaim: { claimName: "handlers" } });
  });

  it.each<[what: string, values: object, says: string]>([
    [
      "two places",
      handlers({ enabled: true }, { config: { eventhandler_log: "/tmp/log" } }),
      "pools.handlers.config.eventhandler_log is set, and handlerLog.enabled gives it a file for each pod",
    ],
    [
      "a pool without event handlers",
      { pools: { snmp: { handlerLog: { enabled: true } } } },
      "pools.snmp.handlerLog.enabled is true, and the pool has no event handlers: set queues.eventhandler",
    ],
    [
      "a claim that is not used",
      handlers({ existingClaim: "handlers" }),
      "pools.handlers.handlerLog.existingClaim is set, and handlerLog.enabled is false",
    ],
  ])("is refused with %s", (_what, values, says) => {
    expect(refusalOf(values)).toContain(says);
  });

  it("is read by a command that the notes have, with what becomes of it", () => {
    const notesOf = (handlerLog: object) => {
      const values = JSON.stringify({ ...MINIMUM, ...handlers(handlerLog) });
      const words = ["install", "omd", CHART, "--namespace", "monitoring", "--dry-run=client", "-f", "-"];
      return execaSync(toolPath("helm"), words, { input: values }).stdout;
    };
    const command = `exec deploy/${NAME} -- omd-worker handlers report /var/log/omd-worker\n`;
    const goes = "NOTE: the log of event handlers of pool handlers goes with each of its pods";
    const [passing, kept] = [{ enabled: true }, { enabled: true, existingClaim: "handlers" }].map(notesOf);
    expect(passing).toContain(command);
    expect(passing).toContain(goes);
    expect(kept).toContain(command);
    expect(kept).not.toContain(goes);
    expect(notesOf({})).not.toContain("handlers report");
  });
});
