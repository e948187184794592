// All advice in the order of codes. To add a rule, add a file beside this one and a line here.
import type { CodeDoc, Finding } from '../../diagnostics/finding.ts';
import { attentionOnly } from './attention-only.ts';
import { dropoutCost } from './dropout-cost.ts';
import { expertsUnquantised } from './experts-unquantised.ts';
import { fewRows } from './few-rows.ts';
import { fewSteps } from './few-steps.ts';
import { fineTuneAtAll } from './fine-tune-at-all.ts';
import { highRankWithoutRslora } from './high-rank-without-rslora.ts';
import { largeBatch } from './large-batch.ts';
import { leakedPrompts } from './leaked-prompts.ts';
import { learningRateForSize } from './learning-rate-for-size.ts';
import { learningRateHigh } from './learning-rate-high.ts';
import { learningRateLow } from './learning-rate-low.ts';
import { manyEpochs } from './many-epochs.ts';
import { noValidation } from './no-validation.ts';
import { oneSourceDominates } from './one-source-dominates.ts';
import { packedBatch } from './packed-batch.ts';
import { paddingWaste } from './padding-waste.ts';
import { qloraNotNeeded } from './qlora-not-needed.ts';
import { rankBelowData } from './rank-below-data.ts';
import { rowsCut } from './rows-cut.ts';
import type { AdviceFacts, AdviceRule } from './rule.ts';
import { scaleOutOfRange } from './scale-out-of-range.ts';
import { templatesDiffer } from './templates-differ.ts';
import { untrainedTokens } from './untrained-tokens.ts';

export const adviceRules: readonly AdviceRule[] = [
  learningRateLow,
  learningRateHigh,
  learningRateForSize,
  attentionOnly,
  scaleOutOfRange,
  highRankWithoutRslora,
  rankBelowData,
  largeBatch,
  fewSteps,
  manyEpochs,
  rowsCut,
  dropoutCost,
  expertsUnquantised,
  leakedPrompts,
  noValidation,
  fewRows,
  packedBatch,
  paddingWaste,
  qloraNotNeeded,
  fineTuneAtAll,
  untrainedTokens,
  oneSourceDominates,
  templatesDiffer,
];

/** The advice of all rules on a plan. */
export function adviseOn(facts: AdviceFacts): Finding[] {
  return adviceRules.flatMap(({ code, name, severity, check }) => {
    const advice = check(facts);
    return advice ? [{ code, name, severity, ...advice }] : [];
  });
}

/** For `lorch explain`: the reason, the threshold, and the source. */
export const adviceCodes: CodeDoc[] = adviceRules.map(
  ({ code, name, severity, title, prose, threshold, source }) => ({
    code,
    name,
    severity,
    title,
    prose: `${prose}\n\nWhen: ${threshold}\n\nSource: ${source}\n\nTo silence it: \`accept: { ${code}: "why" }\` in the config.`,
  }),
);
