import type { AdviceRule } from './rule.ts';

export const expertsUnquantised: AdviceRule = {
  code: 'A013',
  name: 'experts-unquantised',
  severity: 'warning',
  title: 'The experts stay unquantised.',
  prose:
    'bitsandbytes replaces linear layers. The experts of a layer are stacked in one parameter, which is not a linear layer, so they stay in 16 bit, and they are most of the model. "QLoRA" on a mixture of experts therefore saves little memory and costs speed. The memory forecast takes this into account.',
  threshold: 'The base is quantized by bitsandbytes and has stacked experts.',
  source: 'transformers, integrations/bitsandbytes; bitsandbytes issue 1849.',
  check({ bits, expertParameters, baseParameters }) {
    if (bits === null || !expertParameters || !baseParameters) return null;
    const share = Math.round((100 * expertParameters) / baseParameters);
    return {
      message: `${share} % of the base are experts, which bitsandbytes leaves in 16 bit`,
      hint: 'plan for the full size, or take a dense model',
      data: { expert_parameters: expertParameters, base_parameters: baseParameters, bits },
    };
  },
};
