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
        `${init} takes its part out of the weights before they are rounded, and the rest, rounded, is not the base that \`lorch try\` and \`merge\` load`,
        'init_lora_weights: true or eva; or leave quantization out',
      );
    if (lora.target_parameters)
      report(
        'lora.init_lora_weights',
        `${init} starts linear layers, and target_parameters adapts single parameters`,
        'init_lora_weights: true',
      );
    if (init === 'eva' && Object.keys(lora.rank_pattern).length > 0)
      report(
        'lora.rank_pattern',
        'eva would share out the ranks of rank_pattern anew among layers with the same input',
        'leave rank_pattern out, or init_lora_weights: pissa',
      );
  },
};
