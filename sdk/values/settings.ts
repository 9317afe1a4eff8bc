import { text } from "../setting.ts";

/** Where remembered values outlive a restart. Reading worker.conf loads only this file of the folder. */
export const NATIVE_VALUES_FOLDER = text("native_values_folder", {
  default: undefined,
  help: "Folder (an absolute path) in which checks of a site keep what they remember from run to run, such as the last value of a rate, so that it outlives a restart. Without it they remember until the worker stops, or the thread of their folder is started anew. Threads that run take a change over when they are started anew. Each worker needs a folder of its own, which nobody else may write.",
});
