import { adapterStartRule, adapterTargetsRule } from './adapter.ts';
import { datasetRule } from './dataset.ts';
import { checkpointRule, evaluationRule, noEvaluationRule } from './evaluation.ts';
import { idleSettingsRule } from './idle-settings.ts';
import { packingRule } from './packing.ts';
import { precisionRule } from './precision.ts';
import { quantizationRule } from './quantization.ts';
import type { Rule } from './rule.ts';
import { scheduleRule } from './schedule.ts';
import { textRule, truncateRule } from './text.ts';
import { tokenizerRule } from './tokenizer.ts';

export const rules: Rule[] = [
  datasetRule,
  textRule,
  truncateRule,
  adapterTargetsRule,
  adapterStartRule,
  quantizationRule,
  precisionRule,
  scheduleRule,
  packingRule,
  noEvaluationRule,
  evaluationRule,
  checkpointRule,
  idleSettingsRule,
  tokenizerRule,
];
