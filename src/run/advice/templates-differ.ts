import type { AdviceRule } from './rule.ts';

export const templatesDiffer: AdviceRule = {
  code: 'A023',
  name: 'templates-differ',
  severity: 'warning',
  title: 'Rows are trained in a template that inference does not use.',
  prose:
    'The adapter is saved with one chat template, that of `dataset.template`. Rows in another template teach the model to answer prompts in that form, and prompts in the usual form gain less. Use different templates only if the model must answer in several forms; then the caller must render the prompt in each form.',
  threshold: 'A training source uses a template with other content than `dataset.template`.',
  source:
    'Evaluation and serving libraries render with the tokenizer’s chat template (transformers, vLLM), and they use only one.',
  check({ sources, template }) {
    const other = sources.filter(
      ({ rows, templateSha256 }) => rows > 0 && templateSha256 !== template.sha256,
    );
    const [first] = other;
    if (!first) return null;
    const rows = other.reduce((sum, each) => sum + each.rows, 0);
    const names = [...new Set(other.map((each) => each.template))].join(', ');
    return {
      message: `${rows.toLocaleString('en-US')} training rows use the template ${names}; the adapter is saved with ${template.kind}`,
      hint: `leave out ${first.setting}.template, or set dataset.template to what inference will use`,
      data: { rows, templates: names },
    };
  },
};
