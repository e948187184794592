// docs/formats.md: the descriptions of the formats, and what each can store.
import type { WritableFormat } from './format.ts';
import { formats } from './index.ts';
import { features } from './leftovers.ts';

/** The whole page. */
export function formatsPage(): string {
  return `${[opening, ...formats.map(section), mapping, conversion()].join('\n\n')}\n`;
}

const opening = `<!-- Generated from src/dataset/formats/; run \`npm run generate\` after a change. -->

# Formats

lorch reads rows of every format into the same example: a list of messages, with tools if there are any, and two answers if the row is a preference pair. A row of the format text is a document instead. lorch keeps the other fields of a row, and \`lorch data convert\` writes them again; a key that the format does not know is a note (D033), because it could be a misspelt key.

**How the format of a file is found.** lorch looks at the first 200 rows: at least half of them must have the shape of the format, and at least twice as many as have the shape of any other. It says why it chose the format and how sure it is ("198 of 200 sampled rows have …"; \`format_why\` and \`confidence\` with \`--json\`). If two formats fit equally well, or none fits, that is D015, which names the formats to choose from or the nearest one; set \`--format\` or \`dataset.format\`. A row of another format inside a file is D016.`;

function section({ name, doc }: WritableFormat): string {
  return `## ${name}\n\n\`\`\`json\n${doc.row}\n\`\`\`\n\n${doc.prose}`;
}

const mapping = `## Other shapes that are read

If the rows have none of the formats above, lorch looks for the same parts under other names, and reads the rows if their meaning is clear. Otherwise D015 says what is not clear, and gives a mapping to copy. \`lorch data mapping FILE\` writes the mapping of any file, with a reason for each line.

| shape | example |
| --- | --- |
| capitals | \`{"Question": "Open?", "Answer": "Yes."}\` |
| usual names | \`{"problem": "3 + 4", "solution": "7"}\`, \`{"inputs": "Open?", "targets": "Yes."}\` |
| inside other objects | \`{"body": {"messages": […]}}\`, \`{"conversation": {"messages": […]}}\` |
| messages, with the answer in another field | \`{"messages": [{"role": "user", …}], "answer": "Yes."}\`, \`{"prompt": […], "response": "Yes."}\` |
| texts of alternating speakers | \`{"conversations": ["Open?", "Yes."]}\` |
| pairs, and keys that say who speaks | \`{"conversation": [["Open?", "Yes."]]}\`, \`{"conversation": [{"human": "Open?", "assistant": "Yes."}]}\` |
| other field names in turns | \`{"dialogue": [{"speaker": "User", "text": "Open?"}, {"speaker": "Bot", "text": "Yes."}]}\` |
| Gemini, Bedrock | \`{"contents": [{"role": "user", "parts": [{"text": "Open?"}]}, …]}\`, \`{"system": [{"text": "Be brief."}], "messages": […]}\` |
| tool calls and results as parts | \`{"type": "tool_use", "id": "1", "name": "look", "input": {}}\`, \`{"type": "tool_result", "tool_use_id": "1", "content": "ok"}\` |
| tool calls as the answer | \`{"query": "Open?", "answers": "[{\\"name\\": \\"look\\", \\"arguments\\": {}}]", "tools": "[…]"}\` |
| a text with the turns written out | \`{"text": "### Human: Open?### Assistant: Yes."}\`; Llama 2, 3 and 4, Gemma, Phi, Zephyr, Alpaca and Vicuna, too |
| pairs with whole conversations | \`{"chosen": "\\n\\nHuman: Open?\\n\\nAssistant: Yes.", "rejected": "…"}\` |

A mapping that names only some fields, such as \`tools: functions_json\` or \`roles: { customer: user }\`, keeps the rest of the known format.

## Rows of any other shape

\`dataset.format\` can map fields to their meaning; the data commands read the same mapping from a file, \`--format mapping.yaml\`. Name a field by its key, by a path (\`data.question\`) or by a JSON pointer (\`/data/question\`); a key that contains a dot is tried before a path.

\`\`\`yaml
# {"query": "Open today?", "data": {"reply": "Until six."}, "persona": "Be brief."}
prompt: query
answer: data.reply
system: persona
\`\`\`

\`\`\`yaml
# {"dialogue": [{"speaker": "customer", "utterance": "Open today?"}, {"speaker": "bot", "utterance": "Until six."}]}
messages: dialogue
role: speaker
content: utterance
roles: { customer: user, bot: assistant }
\`\`\`

\`\`\`yaml
# {"data": ["Open today?", "Until six."]}: turns that are plain texts of alternating speakers
messages: data
roles: [user, assistant]
\`\`\`

\`\`\`yaml
# {"question": "Open today?", "better": "Until six.", "worse": "Who knows."}
prompt: question
chosen: better
rejected: worse
\`\`\`

\`input\`, \`history\`, \`tools\`, \`reasoning\`, \`calls\` and, for turns, \`weight\` may be mapped too; docs/config.md lists them all. \`roles\` adds to the words that sharegpt knows; \`function_call\` there is a turn whose text is a tool call. If none of the first rows has a mapped field, that is D015 for a required field and D062 for any other; the hint names the nearest field. Findings use the field names of the rows. lorch can read rows with a mapping, but not write them.`;

function conversion(): string {
  const row = (cells: string[]): string => `| ${cells.join(' | ')} |`;
  const table = [
    row(['', ...formats.map(({ name }) => name)]),
    row(['---', ...formats.map(() => '---')]),
    row([
      'system, user and assistant texts',
      ...formats.map(({ holds }) => (holds.has('whole texts') ? '–' : 'yes')),
    ]),
    ...features.map((feature) =>
      row([feature, ...formats.map(({ holds }) => (holds.has(feature) ? 'yes' : '–'))]),
    ),
  ].join('\n');
  return `## What converts into what

\`lorch data convert DATASET --to FORMAT -o OUT\` converts rows of any format, and rows that a mapping reads, to any of these formats. If the target cannot store a part of a row, lorch names that part (D052) and writes nothing; with \`--allow-loss\` it writes the rest of the row. If it names nothing, reading the output gives the same examples; property tests check this for every format.

${table}

In addition:

${formats.flatMap(({ name, doc }) => (doc.writing ? [`- **${name}** ${doc.writing}`] : [])).join('\n')}
- Parts of a content become one text. Unknown keys inside a message cannot be kept; lorch reports them as a loss.
- If a field beside the conversation has a key that the target needs itself (such as \`text\` in chatml-text), lorch reports it as a loss.`;
}
