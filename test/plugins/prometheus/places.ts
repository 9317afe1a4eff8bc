import type { NormalRule } from "../oracle.ts";

/** The ports in the recorded runs: Prometheus, a target that is down, and a port where nobody listens. */
export const PROMETHEUS_PLACES = { server: "19090", down: "19091", nobody: "19092" } as const;

export const DURATION: NormalRule = [/'duration'=[0-9.]+s/, "'duration'=Ns"];
