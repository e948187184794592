// How many rows a plan trains and validates on, counting each row once.
import type { Plan } from './plan.ts';

/** Rows to train on. */
export function trainRowsOf({ dataset: { train } }: Plan): number {
  return train.distinct_rows ?? train.rows;
}

/** Rows to validate on; 0 if there are none. */
export function validationRowsOf({ dataset: { validation } }: Plan): number {
  return validation?.rows ?? 0;
}
