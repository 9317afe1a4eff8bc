import { type HeapProfiler, Session } from "node:inspector";

const SAMPLING_BYTES = 4_096;

/**
 * How many bytes of V8's heap the code allocates, those included that are garbage by the end. An estimate by
 * samples, so it wants some megabytes to be of use. Only one can be taken at a time.
 */
export async function allocatedBy(run: () => Promise<unknown>): Promise<number> {
  const session = new Session();
  session.connect();
  try {
    session.post("HeapProfiler.startSampling", {
      samplingInterval: SAMPLING_BYTES,
      includeObjectsCollectedByMajorGC: true,
      includeObjectsCollectedByMinorGC: true,
    });
    await run();
    return sumOf((await stopSampling(session)).head);
  } finally {
    session.disconnect();
  }
}

function stopSampling(session: Session): Promise<HeapProfiler.SamplingHeapProfile> {
  return new Promise((resolve, reject) => {
    session.post("HeapProfiler.stopSampling", (error, { profile }) => {
      if (error === null) resolve(profile);
      else reject(error);
    });
  });
}

function sumOf({ selfSize, children }: HeapProfiler.SamplingHeapProfileNode): number {
  return children.reduce((sum, child) => sum + sumOf(child), selfSize);
}
