/**
 * What `values.rate` gives where there is no rate yet: on the first run, and after a counter began anew.
 * `report` takes it for a value that is not known yet.
 */
export const NOT_YET: unique symbol = Symbol.for("omd-worker.not-yet");
