import type { Rule } from './rule.ts';

/** Target settings that PEFT and TRL refuse or silently ignore. */
export const adapterTargetsRule: Rule = {
  needs: ['lora'],
  check({ lora }, report) {
    const listed = Array.isArray(lora.target_modules) ? lora.target_modules : undefined;
    if (listed?.length === 0 && !lora.target_parameters)
      report(
        'lora.target_modules',
        'nothing is adapted: target_modules is empty',
        'name modules, or write all-linear',
      );
    if (listed?.includes('lm_head') || lora.target_modules === 'lm_head')
      report(
        'lora.target_modules',
        'an adapter on lm_head would not be trained: the loss reads lm_head.weight directly',
        'train it in full instead: modules_to_save: [lm_head]',
      );
    for (const name of lora.modules_to_save ?? [])
      if (listed?.includes(name))
        report(
          'lora.modules_to_save',
          `\`${name}\` is adapted and trained in full at once`,
          'name it in one of the two',
        );
    if (!listed && lora.layers_to_transform !== undefined)
      report(
        'lora.layers_to_transform',
        `layers_to_transform needs a list in target_modules, which is \`${lora.target_modules}\``,
        'target_modules: [q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj]',
      );
    if (lora.layers_pattern !== undefined && lora.layers_to_transform === undefined)
      report(
        'lora.layers_pattern',
        'layers_pattern is used with layers_to_transform only',
        undefined,
        'C018',
      );
    if (!lora.target_parameters) return;
    const why = 'PEFT adapts parameters without it';
    if (lora.lora_dropout > 0)
      report('lora.lora_dropout', `lora_dropout cannot go with target_parameters: ${why}`, 'lora_dropout: 0');
    if (lora.use_dora) report('lora.use_dora', `use_dora cannot go with target_parameters: ${why}`);
    if (lora.lora_bias) report('lora.lora_bias', `lora_bias cannot go with target_parameters: ${why}`);
  },
};

/** Rules on scaling, initialisation and precision of the adapter. */
export const adapterStartRule: Rule = {
  needs: ['lora', 'model'],
  check({ lora, model, init_adapter: init }, report) {
    // An adapter that is trained further brings its own.
    if (lora.use_rslora && lora.lora_alpha === undefined && init?.mode !== 'continue')
      report(
        'lora.use_rslora',
        'use_rslora scales by lora_alpha / √r, for which 2 × r is not a sensible default',
        `state lora_alpha; 8 gives r: ${lora.r} a scale of ${(8 / Math.sqrt(lora.r)).toPrecision(2)}`,
      );
    if (lora.lora_bias && lora.use_dora) report('lora.lora_bias', 'lora_bias cannot go with use_dora');
    if (lora.lora_bias && typeof lora.init_lora_weights !== 'boolean')
      report('lora.lora_bias', `lora_bias cannot go with init_lora_weights: ${lora.init_lora_weights}`);
    const odd = [lora.r, ...Object.values(lora.rank_pattern)].find((rank) => rank % 2 === 1);
    if (lora.init_lora_weights === 'orthogonal' && odd !== undefined)
      report('lora.init_lora_weights', `an orthogonal start needs even ranks, and one is ${odd}`);
    if (model.dtype !== 'float16') return;
    const why = 'would be trained in float16, whose gradients cannot be unscaled';
    if (lora.modules_to_save)
      report('lora.modules_to_save', `modules_to_save ${why}`, 'model.dtype: bfloat16 or float32');
    if (lora.bias !== 'none') report('lora.bias', `biases ${why}`, 'model.dtype: bfloat16 or float32');
  },
};
