import type { RunConfig, SectionName } from '../schema/run.ts';

/** Reports a fault at a dotted path of the config; the code is C017 (impossible combination) unless said. */
export type Report = (path: string, message: string, hint?: string, code?: 'C012' | 'C017' | 'C018') => void;

/** Checks what no single field can: rules between fields. Runs when the sections it needs are sound. */
export interface Rule {
  needs: readonly SectionName[];
  check(config: RunConfig, report: Report): void;
}
