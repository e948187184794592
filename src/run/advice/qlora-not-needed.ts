import { gib } from '../../diagnostics/gib.ts';
import type { AdviceRule } from './rule.ts';

export const qloraNotNeeded: AdviceRule = {
  code: 'A019',
  name: 'qlora-not-needed',
  severity: 'note',
  title: 'LoRA on the unquantised base would fit this GPU.',
  prose:
    'Quantization saves memory, but it costs speed (2 to 38 %, depending on batch and program) and rounds the base. If the whole band of the memory forecast fits without it, you gain nothing. Use QLoRA if the adapter will be served on a quantised base.',
  threshold:
    'The base is quantized, and the forecast without quantization fits the GPU, including its upper end.',
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
