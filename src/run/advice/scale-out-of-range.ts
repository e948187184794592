import type { AdviceRule } from './rule.ts';

const [lowest, highest] = [0.25, 4];

export const scaleOutOfRange: AdviceRule = {
  code: 'A005',
  name: 'scale-out-of-range',
  severity: 'warning',
  title: 'lora_alpha does not fit the rank.',
  prose:
    'The adapter’s update is multiplied by lora_alpha / r. Recipes use 0.25 (QLoRA: 16 / 64) to 2; far outside that range, the scale works like another learning rate, and rates from recipes mislead. With rsLoRA the scale is lora_alpha / √r, which is meant to grow with the rank, so lorch gives this advice only if lora_alpha / r is above 4.',
  threshold: 'lora_alpha / r above 4 or, without rsLoRA, below 0.25.',
  source:
    'LoRA (arXiv 2106.09685) for the scale; QLoRA (arXiv 2305.14314) and Unsloth’s guide for the recipes. The limits are lorch’s choice.',
  check({ r, alpha, rslora }) {
    const ratio = alpha / r;
    if (ratio <= highest && (ratio >= lowest || rslora)) return null;
    return {
      message: `lora_alpha ${alpha} at r ${r} scales the update by ${Number(ratio.toPrecision(3))}${rslora ? ' and √r once more' : ''}; recipes use ${lowest} to 2`,
      hint: `lora.lora_alpha: ${2 * r}, or leave it out`,
      data: { r, lora_alpha: alpha, ratio },
    };
  },
};
