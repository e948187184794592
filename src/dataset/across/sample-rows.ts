// A small dataset for the examples of checks that need more rows than fit into a line.

export interface SampleRow {
  instruction: string;
  input: string;
  output: string;
}

const facts: readonly (readonly [string, string])[] = [
  ['What is the capital of Portugal?', 'Lisbon has been the capital since 1255.'],
  ['Name the largest planet.', 'Jupiter is larger than all others together.'],
  ['Who wrote Middlemarch?', 'George Eliot wrote it in 1871.'],
  ['How do bees find their way home?', 'They steer by the sun and by landmarks.'],
  ['Why is the sky blue?', 'Air scatters short waves more than long ones.'],
  ['What does a seismograph measure?', 'It records how the ground moves.'],
  ['Which metal is liquid at room temperature?', 'Mercury melts far below freezing.'],
  ['When did the Berlin Wall fall?', 'Crowds opened it in November 1989.'],
  ['Where do monarch butterflies spend the winter?', 'Most of them fly to central Mexico.'],
  ['What is a haiku?', 'A haiku has three short lines.'],
  ['How many legs does a spider have?', 'Spiders walk on eight legs.'],
  ['What makes bread rise?', 'Yeast gives off gas that lifts the dough.'],
  ['Name a gas that plants take in.', 'Plants take in carbon dioxide.'],
  ['Which ocean is the deepest?', 'No ocean is deeper than the Pacific.'],
  ['What is the boiling point of water?', 'Water boils at 100 degrees at sea level.'],
  ['Who painted Guernica?', 'Pablo Picasso painted it in Paris.'],
  ['What is a baker’s dozen?', 'Bakers once counted thirteen as a dozen.'],
  ['How far is the Moon?', 'About 384,000 kilometres lie between us.'],
  ['Why do leaves turn red?', 'Their green pigment breaks down in autumn.'],
  ['What is the use of a keel?', 'Without a keel a boat drifts sideways.'],
  ['Name the author of Emma.', 'Jane Austen published Emma in 1815.'],
  ['What do pandas eat?', 'Bamboo is nearly all that pandas eat.'],
  ['Which bird cannot fly backwards?', 'Only hummingbirds manage to fly backwards.'],
  ['What is a group of crows called?', 'People call such a group a murder.'],
];

/** JSONL of 24 Alpaca rows that agree in everything a check looks at, each changed by `change`. */
export function sampleRows(change: (row: SampleRow, index: number) => unknown = (row) => row): string {
  return facts
    .map(([instruction, output], index) => change({ instruction, input: '', output }, index))
    .map((row) => `${JSON.stringify(row)}\n`)
    .join('');
}
