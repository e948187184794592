// The controller's own log: NDJSON in runs/lorch.log, and what concerns one run also in its folder.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type DestinationStream, destination, type Logger, multistream, pino } from 'pino';
import { runPaths } from '../run/layout.ts';

export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface ControllerLog extends Log {
  /** The log of one run. */
  run(id: string): Log;
}

/** Opens nothing before the first line is written. `redact` takes secrets out of each line. */
export function createControllerLog(runsDir: string, redact: (text: string) => string): ControllerLog {
  const file = (path: string): DestinationStream => {
    // Synchronous: a controller that is killed must have written what it did.
    const out = destination({ dest: path, sync: true, append: true, mode: 0o600 });
    return { write: (line) => void out.write(redact(line)) };
  };
  let common: DestinationStream | undefined;
  const commonFile = () => {
    common ??= file(join(runsDir, 'lorch.log'));
    return common;
  };
  const options = { timestamp: pino.stdTimeFunctions.isoTime };
  const runs = new Map<string, Logger>();
  const forRun = (id: string): Log => {
    let log = runs.get(id);
    if (!log) {
      const dir = join(runsDir, id);
      const streams = existsSync(dir) ? [commonFile(), file(runPaths(dir).controllerLog)] : [commonFile()];
      log = pino(options, multistream(streams.map((stream) => ({ stream })))).child({ run: id });
      runs.set(id, log);
    }
    return log;
  };
  let plain: Logger | undefined;
  const common_ = (): Logger => {
    plain ??= pino(options, commonFile());
    return plain;
  };
  return {
    info: (fields, message) => common_().info(fields, message),
    warn: (fields, message) => common_().warn(fields, message),
    error: (fields, message) => common_().error(fields, message),
    run: forRun,
  };
}
