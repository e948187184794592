import type { AdviceRule } from './rule.ts';

const most = 0.9;

export const oneSourceDominates: AdviceRule = {
  code: 'A022',
  name: 'one-source-dominates',
  severity: 'note',
  title: 'One source of several makes up nearly all that is trained on.',
  prose:
    'The loss counts trained tokens, so a source with long answers outweighs one with more rows. The others then hardly change the model. Weights shift the balance: `weight: 0.5` feeds half of the rows of a source, `weight: 2` feeds each row twice. If the small source only has to be seen a little, nothing is wrong.',
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
          : 'the others train nothing; remove them, or see where their rows went',
      data: { setting: first.setting, trained_tokens: first.fedTrainedTokens, all },
    };
  },
};
