// The controller's own log: NDJSON in runs/lorch.log, and what concerns one run also in its folder. A log that cannot be
// written stops nothing.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type DestinationStream, type Logger, multistream, pino } from 'pino';
import { redactJsonLine } from '../diagnostics/secrets.ts';
import { runPaths } from '../run/layout.ts';
import { appendLine } from '../run/run-file.ts';

export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface ControllerLog extends Log {
  /** The log of one run. */
  run(id: string): Log;
}

/** The same log, in which no run tells what went well: to record again what was logged when it happened. */
export function onlyTrouble(log: ControllerLog): ControllerLog {
  return {
    ...log,
    run: (id) => ({
      info: () => undefined,
      warn: (fields, message) => log.run(id).warn(fields, message),
      error: (fields, message) => log.run(id).error(fields, message),
    }),
  };
}

/** Opens nothing before the first line is written. `redact` takes secrets out of each line. */
export function createControllerLog(runsDir: string, redact: (text: string) => string): ControllerLog {
  // Synchronous: a controller that is killed must have written what it did.
  const file = (path: string): DestinationStream => ({
    write: (line) => void appendLine(path, `${redactJsonLine(line.trimEnd(), redact)}\n`),
  });
  const commonFile = file(join(runsDir, 'lorch.log'));
  const options = { timestamp: pino.stdTimeFunctions.isoTime };
  const runs = new Map<string, Logger>();
  const forRun = (id: string): Log => {
    let log = runs.get(id);
    if (!log) {
      const dir = join(runsDir, id);
      const streams = existsSync(dir) ? [commonFile, file(runPaths(dir).controllerLog)] : [commonFile];
      log = pino(options, multistream(streams.map((stream) => ({ stream })))).child({ run: id });
      runs.set(id, log);
    }
    return log;
  };
  const plain = pino(options, commonFile);
  return {
    info: (fields, message) => plain.info(fields, message),
    warn: (fields, message) => plain.warn(fields, message),
    error: (fields, message) => plain.error(fields, message),
    run: forRun,
  };
}
