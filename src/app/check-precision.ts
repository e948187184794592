// What reviewers' verdicts say about each check.

/** How many reviewed rows had a finding of a check, and how many of them were defects. */
export interface CheckPrecision {
  code: string;
  rows: number;
  defects: number;
  /** defects / rows. */
  precision: number;
}
