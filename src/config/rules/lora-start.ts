import type { Rule } from './rule.ts';

/** Starts of an adapter that are computed from the base's weights or from the rows. */
export const loraStartRule: Rule = {
  needs: ['lora', 'quantization'],
  check({ lora, quantization }, report) {
    const init = String(lora.init_lora_weights);
    const splits = /^(pissa|olora)/.test(init);
    if (lora.eva_config !== undefined && init !== 'eva')
      report('lora.eva_config', 'eva_config has no effect without init_lora_weights: eva', undefined, 'C018');
    if (!splits && init !== 'eva') return;
    if (splits && quantization)
      report(
        'lora.init_lora_weights',
        `${init} does not work with quantization: it changes the weights before they are rounded, so \`lorch try\` and \`merge\` would load another base`,
        'init_lora_weights: true or eva; or leave quantization out',
      );
    if (lora.target_parameters)
      report(
        'lora.init_lora_weights',
        `${init} only works on linear layers, and target_parameters adapts single parameters`,
        'init_lora_weights: true',
      );
    if (init === 'eva' && Object.keys(lora.rank_pattern).length > 0)
      report(
        'lora.rank_pattern',
        'eva would move the ranks of rank_pattern between layers with the same input',
        'leave rank_pattern out, or init_lora_weights: pissa',
      );
  },
};
