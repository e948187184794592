import type { Rule } from './rule.ts';

/** One way of quantizing, and only its settings. */
export const quantizationRule: Rule = {
  needs: ['quantization'],
  check({ quantization }, report) {
    if (!quantization) return;
    const { load_in_4bit: four, load_in_8bit: eight } = quantization;
    if (four && eight)
      report('quantization.load_in_8bit', 'load_in_4bit and load_in_8bit exclude one another');
    if (!four && !eight)
      report(
        'quantization',
        'the section asks for neither 4 nor 8 bit, so nothing would be quantized',
        'load_in_4bit: true, or leave the section out',
        'C018',
      );
    if (four === eight) return;
    for (const [name, value] of Object.entries(quantization)) {
      if (value === undefined) continue;
      if (eight && name.startsWith('bnb_4bit_'))
        report(`quantization.${name}`, `${name} is used with load_in_4bit only`, undefined, 'C018');
      if (four && name === 'llm_int8_threshold')
        report(`quantization.${name}`, `${name} is used with load_in_8bit only`, undefined, 'C018');
    }
  },
};
