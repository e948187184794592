import { gib } from '../../diagnostics/gib.ts';
import type { AdviceRule } from './rule.ts';

export const qloraNotNeeded: AdviceRule = {
  code: 'A019',
  name: 'qlora-not-needed',
  severity: 'note',
  title: 'LoRA on the unquantised base would fit this GPU.',
  prose:
    'Quantization saves memory and costs speed (2 to 38 % of it, by batch and program) and with a base that is rounded. If the whole band of the memory forecast fits without it, you gain nothing. QLoRA is right if the adapter will serve on a quantised base.',
  threshold:
    'The base is quantized, and the forecast without quantization fits the GPU, its upper end included.',
  source:
    'Published speeds: torchtune (−2 % on a 3B), litgpt (2.36 to 3.83 minutes on a 7B at batch 1). Memory: docs/forecasts.md.',
  check({ bits, unquantized }) {
    if (bits === null || unquantized?.verdict !== 'fits') return null;
    const { gpu, totalBytes } = unquantized;
    return {
      message: `without quantization the run would take about ${gib(totalBytes)}, which fits ${gpu}`,
      hint: 'leave `quantization:` out',
      data: { gpu, total_bytes: totalBytes },
    };
  },
};
