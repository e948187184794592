// Another process may hold the database for long: a backup, a database browser, one that was stopped in a transaction.
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../diagnostics/user-error.ts';
import { isBusy } from '../store/store-errors.ts';
import { type SuperviseDeps, timingOf } from './deps.ts';

const pauseMs = 100;

/**
 * Runs `work`, again and again while another process has the lock. `work` must do nothing before it holds the lock
 * itself. Throws UserError E050 after a minute.
 */
export async function waitForStore<T>(deps: SuperviseDeps, work: () => T | Promise<T>): Promise<T> {
  const until = performance.now() + timingOf(deps).lockMs;
  for (let said = false; ; said = true) {
    try {
      return await work();
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (performance.now() > until)
        throw new UserError('E050', 'another process keeps the database locked', {
          hint: 'a backup, a database browser or a stopped process may hold runs/lorch.db; try again when it is done',
          exitCode: 3,
          cause: error,
        });
      if (!said) deps.notice?.('another process is writing the database; waiting');
      await sleep(pauseMs);
    }
  }
}
