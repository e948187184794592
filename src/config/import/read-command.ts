// The options of a command line in a shell script: `trl sft`, a training script, `llamafactory-cli train`.
import { readScalar } from '../source/read-scalar.ts';
import type { SourceSetting } from './setting.ts';

interface Word {
  text: string;
  line: number;
  /** With a variable or a command in it. */
  computed: boolean;
  quoted: boolean;
}

const programs = /(?:^|\/)(?:trl|llamafactory-cli|axolotl|accelerate|torchrun|deepspeed|python[\d.]*|uv)$/;

/** The settings of the first command that has any; null if the text is not such a script. */
export function readCommand(text: string): { settings: SourceSetting[]; names: Set<string> } | null {
  for (const words of commands(text)) {
    const start = words.findIndex((word) => programs.test(word.text));
    if (start < 0 || !words.some((word, i) => i > start && word.text.startsWith('--'))) continue;
    return { settings: optionsOf(words.slice(start)), names: namesOf(words) };
  }
  return null;
}

function namesOf(words: readonly Word[]): Set<string> {
  return new Set(
    words.filter(({ text }) => !text.startsWith('-')).map(({ text }) => text.replace(/^.*\//, '')),
  );
}

/** Of options that stand before the script: they are the launcher's. */
export const launcherPrefix = 'launcher.';

function optionsOf(words: readonly Word[]): SourceSetting[] {
  const script = words.findIndex(({ text }) => /\.py$|^(?:sft|train|dpo)$/.test(text));
  const settings: SourceSetting[] = [];
  for (let i = 0; i < words.length; i += 1) {
    const { text, line } = words[i] as Word;
    if (!/^--?[A-Za-z]/.test(text)) continue;
    const [name, inline] = splitOnce(text.replace(/^--?/, ''));
    const values: Word[] = inline === null ? [] : [{ ...(words[i] as Word), text: inline }];
    while (
      inline === null &&
      words[i + 1] &&
      i + 1 !== script &&
      !(/^--?[A-Za-z]/.test(words[i + 1]?.text ?? '') && !words[i + 1]?.quoted)
    ) {
      i += 1;
      values.push(words[i] as Word);
    }
    const key = (i < script ? launcherPrefix : '') + name.replaceAll('-', '_');
    const computed = values.find((word) => word.computed);
    if (computed) settings.push({ key, value: undefined, line, computed: computed.text });
    else if (values.length === 0)
      settings.push({
        key: key.replace(/^no_(?=use_|bf16|fp16|gradient)/, ''),
        value: !/^no_(?=use_|bf16|fp16|gradient)/.test(key),
        line,
      });
    else
      settings.push({
        key,
        value: values.length === 1 ? scalar(values[0] as Word) : values.map(scalar),
        line,
      });
  }
  return settings;
}

function splitOnce(text: string): [string, string | null] {
  const at = text.indexOf('=');
  return at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
}

function scalar({ text, quoted }: Word): unknown {
  if (/^[[{]/.test(text)) {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return text;
    }
  }
  if (/^(?:True|False)$/.test(text)) return text === 'True';
  if (/^None$/.test(text)) return null;
  return quoted && !/^[\d.eE+-]+$/.test(text) ? text : readScalar(text);
}

function* commands(text: string): Generator<Word[]> {
  let words: Word[] = [];
  let word: Word | null = null;
  let line = 1;
  let quote = '';
  const close = (): void => {
    if (word) words.push(word);
    word = null;
  };
  const put = (char: string, more: Partial<Word> = {}): void => {
    word ??= { text: '', line, computed: false, quoted: false };
    word.text += char;
    Object.assign(word, more);
  };
  for (let i = 0; i < text.length; i += 1) {
    const char = text[i] as string;
    const next = text[i + 1] ?? '';
    if (char === '\n') line += 1;
    if (quote !== '') {
      if (char === quote) quote = '';
      else if (char === '\\' && quote === '"' && '"\\$`\n'.includes(next)) {
        put(next);
        if (next === '\n') line += 1;
        i += 1;
      } else put(char, quote === '"' && (char === '$' || char === '`') ? { computed: true } : {});
    } else if (char === "'" || char === '"') {
      quote = char;
      put('', { quoted: true });
    } else if (char === '\\' && (next === '\n' || text.startsWith('\r\n', i + 1))) {
      i += next === '\r' ? 2 : 1;
      line += 1;
      close();
    } else if (char === '\\') {
      put(next);
      i += 1;
    } else if (char === '#' && word === null) {
      while (i + 1 < text.length && text[i + 1] !== '\n') i += 1;
    } else if (/[\n;&|]/.test(char)) {
      close();
      if (words.length > 0) yield words;
      words = [];
    } else if (/\s/.test(char)) close();
    else put(char, char === '$' || char === '`' ? { computed: true } : {});
  }
  close();
  if (words.length > 0) yield words;
}
