import type { AdviceRule } from './rule.ts';

export const highRankWithoutRslora: AdviceRule = {
  code: 'A006',
  name: 'high-rank-without-rslora',
  severity: 'note',
  title: 'A high rank without rsLoRA may not help.',
  prose:
    'With the scale lora_alpha / r, the share of each direction shrinks as the rank grows, so that high ranks learn no more than low ones. rsLoRA divides by √r instead. An alpha that was chosen for this rank works, too. lorch takes alpha = r and alpha = 2·r for conventions that only follow the rank.',
  threshold: 'r of 64 or more, without rsLoRA, and lora_alpha is r or 2·r.',
  source:
    'Kalajdzievski, rsLoRA (arXiv 2312.03732); PEFT’s method comparison (Llama 3.2 3B on GSM8K: r 32 47.8 %, r 64 47.4 %, r 64 with rsLoRA 51.3 %; single runs).',
  check({ r, alpha, rslora }) {
    if (r < 64 || rslora || (alpha !== r && alpha !== 2 * r)) return null;
    return {
      message: `r ${r} with lora_alpha / r may learn no more than a lower rank`,
      hint: 'lora: { use_rslora: true, lora_alpha: 16 }, or a lower r',
      data: { r, lora_alpha: alpha },
    };
  },
};
