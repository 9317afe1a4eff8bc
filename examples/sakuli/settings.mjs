/** Properties of Sakuli: those that its old forwarder had, and two of our own. */
const PREFIX = "sakuli.forwarder.gearman.";
const RESULTS = ["suite", "cases", "steps"];

/**
 * What the project's properties say; what they do not say, the environment, as for omd-worker run-and-send:
 * OMD_WORKER_CONFIG, OMD_WORKER_SERVER, OMD_WORKER_KEYFILE, OMD_WORKER_ENCRYPTION, OMD_WORKER_RESULT_QUEUE and
 * OMD_WORKER_HOST. Throws an error that names the property.
 */
export function readSettings(project, env = process.env) {
  const get = (name, otherwise) => {
    const value = project.get(PREFIX + name);
    return value === undefined || value === null || String(value).trim() === ""
      ? otherwise
      : String(value).trim();
  };
  const isOn = (name, otherwise) => readSwitch(PREFIX + name, get(name, otherwise));
  const results = get("results", "suite");
  if (!RESULTS.includes(results))
    throw new Error(`${PREFIX}results is '${results}', and none of ${RESULTS.join(", ")}`);
  const host = get("nagios.hostname", env.OMD_WORKER_HOST);
  const isEnabled = isOn("enabled", "true");
  if (isEnabled && host === undefined) throw new Error(`${PREFIX}nagios.hostname is not set`);
  return {
    isEnabled,
    host,
    results,
    program: get("program", "omd-worker"),
    service: get("nagios.service_description", undefined),
    checkCommand: get("nagios.check_command", "check_sakuli"),
    words: [
      ...word("--config", get("config", env.OMD_WORKER_CONFIG)),
      ...word("--server", serverOf(get) ?? env.OMD_WORKER_SERVER),
      ...word("--result_queue", get("server.queue", env.OMD_WORKER_RESULT_QUEUE)),
      ...word("--encryption", encryptionOf(get, isOn) ?? env.OMD_WORKER_ENCRYPTION),
      ...(get("secret.key", undefined) === undefined ? word("--keyfile", env.OMD_WORKER_KEYFILE) : []),
    ],
    key: get("secret.key", undefined),
  };
}

function word(name, value) {
  return value === undefined ? [] : [`${name}=${value}`];
}

function serverOf(get) {
  const host = get("server.host", undefined);
  return host === undefined ? undefined : `${host}:${get("server.port", "4730")}`;
}

function encryptionOf(get, isOn) {
  if (get("encryption", undefined) === undefined) return undefined;
  return isOn("encryption", "true") ? "yes" : "no";
}

function readSwitch(name, value) {
  if (/^(?:true|yes|on|1)$/i.test(value)) return true;
  if (/^(?:false|no|off|0)$/i.test(value)) return false;
  throw new Error(`${name} is '${value}', and neither true nor false`);
}
