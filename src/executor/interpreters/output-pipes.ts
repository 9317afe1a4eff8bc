import type { FifoSet } from "../fifos.ts";
import { OutputPipe } from "../output-pipe.ts";
import type { PluginStreams } from "../runs.ts";

/** Two pipes for stdout and stderr. Warm interpreters run one plugin after the other with them. */
export class OutputPipes implements PluginStreams {
  readonly id: number;
  readonly fifos: FifoSet;
  readonly stdout: OutputPipe;
  readonly stderr: OutputPipe;

  constructor(id: number, fifos: FifoSet) {
    using opened = new DisposableStack();
    this.id = id;
    this.fifos = fifos;
    this.stdout = opened.use(new OutputPipe(fifos.stdout));
    this.stderr = new OutputPipe(fifos.stderr);
    opened.move();
  }

  close(): void {
    this.stdout[Symbol.dispose]();
    this.stderr[Symbol.dispose]();
  }
}
