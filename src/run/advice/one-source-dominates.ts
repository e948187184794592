import type { AdviceRule } from './rule.ts';

const most = 0.9;

export const oneSourceDominates: AdviceRule = {
  code: 'A022',
  name: 'one-source-dominates',
  severity: 'note',
  title: 'One of several sources has nearly all trained tokens.',
  prose:
    'The loss counts trained tokens, so a source with long answers outweighs one with more rows. The others then hardly change the model. Change the balance with weights: `weight: 0.5` feeds half of the rows of a source, `weight: 2` feeds each row twice. If you want little of the small source, do nothing.',
  threshold: 'Of two or more sources, one has 90 % or more of the trained tokens of an epoch.',
  source: 'The share is lorch’s choice.',
  check({ sources }) {
    const all = sources.reduce((sum, { fedTrainedTokens }) => sum + fedTrainedTokens, 0);
    const [first] = [...sources].sort((a, b) => b.fedTrainedTokens - a.fedTrainedTokens);
    if (!first || sources.length < 2 || first.fedTrainedTokens < most * all) return null;
    const others = all - first.fedTrainedTokens;
    const half = Number(((first.weight * others) / first.fedTrainedTokens).toPrecision(2));
    const share = Math.floor((1000 * first.fedTrainedTokens) / all) / 10;
    return {
      message: `${first.path} has ${share} % of the trained tokens of an epoch, the ${sources.length - 1 === 1 ? 'other source' : `other ${sources.length - 1} sources`} the rest`,
      hint:
        half > 0
          ? `${first.setting}.weight: ${half} would make it half; or raise the weights of the others`
          : 'the others train nothing; remove them, or check where their rows went',
      data: { setting: first.setting, trained_tokens: first.fedTrainedTokens, all },
    };
  },
};
