// What a plan passes to the run that is made from it.
import type { Plan } from '../../run/plan.ts';

export interface PlannedRun {
  plan: Plan;
  /** The merged config, which loads again to the same plan. */
  configYaml: string;
  /** The complete ledger: a gzipped NDJSON file. */
  ledger: string;
  /** The folder with the prepared sequences and the tokenizer. */
  prepared: string;
  /** Where the initial adapter's files are; absent without one, and in a rerun, whose data folder has them. */
  initAdapter?: { dir: string; immutable: boolean };
}
