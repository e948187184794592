// Counts what a dataset's rows contain while they pass: roles, system prompts, tools, scripts, lengths.
import { createFrequentValues } from '../../dataset/across/frequent-values.ts';
import { hashString } from '../../dataset/across/hash-text.ts';
import { lastAnswer } from '../../dataset/across/last-answer.ts';
import { scriptOf } from '../../dataset/across/script-of.ts';
import { textOf } from '../../dataset/content.ts';
import type { Example, Role } from '../../dataset/example.ts';
import { flagsOf } from '../../dataset/text/char-flags.ts';
import { createDistribution, type Percentiles } from '../tokens/distribution.ts';

export interface Measured {
  roles: Record<string, { messages: number; characters: number }>;
  system_prompts: {
    /** Rows with a system prompt. */
    rows: number;
    /** Distinct ones; a lower bound if `exact` is false. */
    distinct: number;
    exact: boolean;
    /** The first 200 characters of the most frequent one; null if none occurs in two rows. */
    top: { text: string; rows: number } | null;
  };
  tools: {
    /** Rows that declare tools. */
    rows: number;
    /** Rows that call tools. */
    calling: number;
    calls: number;
    /** How many rows declare each tool, for the most frequent 20. */
    names: Record<string, number>;
    distinct: number;
    /** How often each tool is called, declared or not, for the most frequent 20. */
    called: Record<string, number>;
    called_distinct: number;
  };
  /** Rows by the script of the last answer, or of a document's text; `unclear` if it has too few letters or several scripts. */
  scripts: Record<string, number>;
  percentiles: {
    /** Messages per row. */
    turns: Percentiles;
    /** UTF-16 units of content per row, and of its assistant messages. */
    characters: Percentiles;
    answer_characters: Percentiles;
  };
}

export interface Measurer {
  add(example: Example): void;
  end(): Measured;
}

const distinctLimit = 100_000;
const shownUnits = 200;
const shownTools = 20;

/** Measures examples one after another; memory grows by 24 bytes per row. */
export function createMeasurer(): Measurer {
  const roles = new Map<Role, { messages: number; characters: number }>();
  const scripts = new Map<string, number>();
  const systems = createFrequentValues({ limit: distinctLimit, hashed: true, lean: true });
  const toolNames = createFrequentValues({ limit: distinctLimit });
  const calledNames = createFrequentValues({ limit: distinctLimit });
  const [turns, characters, answers] = [createDistribution(), createDistribution(), createDistribution()];
  let [declaring, calling, calls] = [0, 0, 0];
  return {
    add(example) {
      let all = 0;
      let answered = 0;
      let called = 0;
      let system = '';
      let whole: string | null = null;
      const { messages, chosen = [], rejected = [] } = example;
      for (const { role, content, tool_calls } of [...messages, ...chosen, ...rejected]) {
        const text = textOf(content) ?? '';
        const sum = roles.get(role) ?? { messages: 0, characters: 0 };
        sum.messages += 1;
        sum.characters += text.length;
        roles.set(role, sum);
        all += text.length;
        if (role === 'assistant') answered += text.length;
        if (role === 'document') whole = text;
        if ((role === 'system' || role === 'developer') && system === '') system = text;
        called += tool_calls?.length ?? 0;
        for (const call of tool_calls ?? []) calledNames.add(0, call.function.name);
      }
      turns.add(messages.length + chosen.length);
      characters.add(all);
      answers.add(answered);
      if (system !== '') systems.add(0, hashString([system]) + system.slice(0, shownUnits));
      if (example.tools?.length) declaring += 1;
      for (const name of new Set(example.tools?.map(nameOf))) toolNames.add(0, name);
      if (called > 0) calling += 1;
      calls += called;
      const said = whole ?? lastAnswer(example)?.text;
      const script = (said && scriptOf(said, flagsOf(said))) || 'unclear';
      scripts.set(script, (scripts.get(script) ?? 0) + 1);
    },
    end() {
      const [top] = systems.atLeast(2);
      const counted = (values: typeof toolNames): Record<string, number> =>
        Object.fromEntries(
          values
            .atLeast(1)
            .slice(0, shownTools)
            .map(({ value, count }) => [value, count]),
        );
      return {
        roles: Object.fromEntries(roles),
        system_prompts: {
          rows: systems.total(),
          distinct: systems.distinct(),
          exact: systems.missed() === 0,
          top: top ? { text: top.value, rows: top.count } : null,
        },
        tools: {
          rows: declaring,
          calling,
          calls,
          names: counted(toolNames),
          distinct: toolNames.distinct(),
          called: counted(calledNames),
          called_distinct: calledNames.distinct(),
        },
        scripts: Object.fromEntries([...scripts].sort(([, a], [, b]) => b - a)),
        percentiles: {
          turns: turns.percentiles(),
          characters: characters.percentiles(),
          answer_characters: answers.percentiles(),
        },
      };
    },
  };
}

// `{type: "function", function: {name}}`, or the function itself; the parser has checked that it is one of the two.
function nameOf(tool: unknown): string {
  const { function: inner, name } = tool as { function?: { name?: unknown }; name?: unknown };
  return String(inner?.name ?? name ?? '');
}
