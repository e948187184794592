// What a plan gives to the run that is made of it.
import type { Plan } from '../../run/plan.ts';

export interface PlannedRun {
  plan: Plan;
  /** The merged config, which loads again to the same plan. */
  configYaml: string;
  /** The complete ledger: a gzipped NDJSON file. */
  ledger: string;
  /** The folder with the prepared sequences and the tokenizer. */
  prepared: string;
  /** Where the initial adapter's files are; absent without one, and in a rerun, whose data holds them. */
  initAdapter?: { dir: string; immutable: boolean };
}
