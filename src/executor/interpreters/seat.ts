import type { FifoSet } from "../fifos.ts";
import { OutputPipe } from "../output-pipe.ts";
import type { Place } from "../runs.ts";

/** Two pipes for the plugins that warm interpreters run, one plugin at a time. */
export class Seat implements Place {
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
