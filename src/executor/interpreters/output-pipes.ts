import type { PipePaths } from "../named-pipes.ts";
import { OutputPipe } from "../output-pipe.ts";
import type { PluginStreams } from "../runs.ts";

/** Two named pipes, for stdout and stderr. Warm interpreters run one plugin after the other with them. */
export class OutputPipes implements PluginStreams {
  readonly id: number;
  readonly paths: PipePaths;
  readonly stdout: OutputPipe;
  readonly stderr: OutputPipe;

  constructor(id: number, paths: PipePaths) {
    using opened = new DisposableStack();
    this.id = id;
    this.paths = paths;
    this.stdout = opened.use(new OutputPipe(paths.stdout));
    this.stderr = new OutputPipe(paths.stderr);
    opened.move();
  }

  close(): void {
    this.stdout[Symbol.dispose]();
    this.stderr[Symbol.dispose]();
  }
}
