// A guess at the language of Latin text by its most frequent words; it says nothing unless it is sure.

export type Language = 'English' | 'German' | 'French' | 'Spanish' | 'Italian' | 'Portuguese' | 'Dutch';

// Frequent short words; those that several of these languages share stand under each, and so decide nothing.
const words: Record<Language, string> = {
  English:
    'the and of to in is that it for was with as are this be on you by from have or an not can they at which has will your their a as do no so me i he she we my his her one all out up about what when if how there than more plus its two',
  German:
    'der die das und ist nicht ein eine den von zu mit auf für im des sich auch dem wird sind als es ich wie oder einer bei aus nach werden kann',
  French:
    'le la les des et est une un dans que qui pour pas sur avec plus par au ce il sont du cette vous nous être ou aux leur en de',
  Spanish:
    'el la los las de que y en un una por con para es del se no su más como al lo pero sus son está este también muy puede',
  Italian:
    'il la di che e un una per con non è del della le dei in da si come più gli al sono anche nel alla questo i lo',
  Portuguese:
    'o a os as de que e em um uma para com não por do da no na se mais como dos das ao são é também pode seu sua você',
  Dutch:
    'de het een en van is dat niet met voor op zijn te in aan er ook door om als bij naar maar worden kan dit deze wordt of',
};
const languages = Object.keys(words) as Language[];
const bits = new Map<string, number>();
for (const [i, language] of languages.entries())
  for (const word of words[language].split(' ')) bits.set(word, (bits.get(word) ?? 0) | (1 << i));

const budget = 600;
const leastWords = 12;

/** The language of lower-case text; null where it is too short, or two languages are close. */
export function guessLanguage(lower: string): Language | null {
  if (lower.length < 50) return null;
  const tokens = lower.slice(0, budget).split(/[^\p{L}']+/u);
  if (tokens.length < leastWords) return null;
  const hits = languages.map(() => 0);
  // Each word once: one that comes often decides nothing.
  for (const token of new Set(tokens)) {
    const mask = token.length < 7 ? (bits.get(token) ?? 0) : 0;
    for (let i = 0; mask >> i > 0; i += 1) if ((mask >> i) & 1) hits[i] = (hits[i] as number) + 1;
  }
  const most = Math.max(...hits);
  const second = Math.max(...hits.filter((_, i) => i !== hits.indexOf(most)), 0);
  const sure = most >= 5 && most >= tokens.length * 0.12 && most >= second * 1.7;
  return sure ? (languages[hits.indexOf(most)] ?? null) : null;
}
