// Every command line that a page or a message offers is one that lorch takes.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { commandGroups } from '../../src/cli/commands/index.ts';
import { processContext } from '../../src/cli/context.ts';
import { buildWholeProgram } from '../../src/cli/run-command.ts';
import { blocksOf, readPages, root } from './pages.ts';

const silent = { write: () => undefined, isTTY: false, columns: 100, color: false };
const program = await buildWholeProgram({ ...processContext([]), stdout: silent, stderr: silent });

const listed = new Set(commandGroups.flatMap(({ commands }) => commands.map(({ name }) => name)));

/** The words of a command line, without what follows `#`, a pipe or two blanks. */
function wordsOf(line: string): string[] {
  const [command = ''] = line.split(/ {2,}| #| \| |&&|;| > /);
  return (command.match(/"[^"]*"|'[^']*'|\S+/g) ?? []).map((word) => word.replace(/^(["'])(.*)\1$/, '$2'));
}

function descend(words: readonly string[]): { command: Command; rest: string[] } {
  let command = program;
  let used = 0;
  for (const word of words) {
    const next = command.commands.find((each) => each.name() === word);
    if (!next) break;
    command = next;
    used += 1;
  }
  return { command, rest: words.slice(used) };
}

/** What is wrong with `lorch …`, or null. `whole`: all arguments must be there, too. */
function faultOf(line: string, whole: boolean): string | null {
  const words = wordsOf(line).slice(1);
  if (words.length === 0 || ['complete', 'COMMAND', 'X'].includes(words[0] ?? '')) return null;
  const { command, rest } = descend(words);
  // `lorch --version`, `lorch data --help`.
  if (rest.length > 0 && rest.every((word) => /^(--help|-h|--version|-V)$/.test(word))) return null;
  // `lorch queue` is a command by itself, beside `lorch queue move`.
  const isCommand = listed.has(words.slice(0, words.length - rest.length).join(' '));
  if (command.commands.length > 0 && !isCommand)
    return rest.length === 0 && !whole ? null : `there is no command ${words.join(' ')}`;
  const typed = rest.filter((word) => !/^(…|\.\.\.)$/.test(word)).map((word) => word.replaceAll('…', ''));
  try {
    const { operands, unknown } = command.parseOptions(typed.filter((word) => word !== '--help'));
    if (unknown.length > 0) return `it has no ${unknown.join(' ')}`;
    const { registeredArguments: taken } = command;
    const most = taken.some(({ variadic }) => variadic) ? Number.POSITIVE_INFINITY : taken.length;
    if (operands.length > most) return `it takes ${most} arguments`;
    const least = taken.filter(({ required }) => required).length;
    if (whole && operands.length < least) return `it needs ${least} arguments`;
    return null;
  } catch (error) {
    if (error instanceof CommanderError && error.code === 'commander.optionMissingArgument' && !whole)
      return null;
    // A value in capitals, as in help texts: any value of the right kind may stand there.
    if (error instanceof Error && typed.some((word) => /^[A-Z][A-Z_]*$/.test(word))) return null;
    return error instanceof Error ? error.message : String(error);
  }
}

/** `data check | stats` names siblings. */
function faultsOfSpan(span: string): string[] {
  const [first = '', ...others] = span.split(/ \| /);
  const words = wordsOf(first);
  const siblings = others.map((other) => [...words.slice(0, -1), ...wordsOf(other)].join(' '));
  return [first, ...siblings].flatMap((line) => {
    const fault = faultOf(line, false);
    return fault ? [`${line}: ${fault}`] : [];
  });
}

/** Commands in backticks, within a template string, a quoted one or JSON; what is filled in later is X. */
function spansOf(source: string): string[] {
  const escaped = [...source.matchAll(/\\`(lorch [^`\\\n]+)\\`/g)];
  const quoted = [...source.matchAll(/(["'])(?:(?!\1)[^\n`])*`(lorch [^`'"\n]+)`/g)];
  return [...escaped.map((match) => match[1] ?? ''), ...quoted.map((match) => match[2] ?? '')].map((span) =>
    span
      .replace(/\\$/, '')
      .replace(/(?<=\S)\$\{[^}]*\}?/g, '')
      .replace(/\$\{[^}]*\}?/g, 'X'),
  );
}

describe('the pages', () => {
  it('offer only commands and options that exist', () => {
    const spans = readPages().flatMap(({ file, text }) =>
      [...text.matchAll(/`(lorch [^`\n]+)`/g)].map(([, span = '']) => ({ file, span })),
    );
    expect(spans.length).toBeGreaterThan(100);
    const wrong = spans.flatMap(({ file, span }) => faultsOfSpan(span).map((fault) => `${file}: ${fault}`));
    expect(wrong).toEqual([]);
  });

  it('show whole command lines in their blocks', () => {
    const lines = readPages()
      .flatMap(blocksOf)
      .flatMap(({ file, text }) =>
        text.split('\n').flatMap((line) => {
          const command = /^\s*(?:\$ |# |- run: )?(?:npx )?(lorch .*)$/.exec(line)?.[1];
          // Help texts on the generated page have sentences that begin with the name.
          const sentence =
            file === 'docs/cli.md' && command && descend(wordsOf(command).slice(1)).command === program;
          return command && !sentence ? [{ file, command }] : [];
        }),
      );
    expect(lines.length).toBeGreaterThan(10);
    const wrong = lines.flatMap(({ file, command }) => {
      const fault = faultOf(command, true);
      return fault ? [`${file}: ${command}: ${fault}`] : [];
    });
    expect(wrong).toEqual([]);
  });
});

describe('messages and hints', () => {
  it('name only commands and options that exist', () => {
    const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) =>
      /\.(ts|py|json)$/.test(file),
    );
    const spans = sources.flatMap((file) =>
      spansOf(readFileSync(join(root, 'src', file), 'utf8')).map((span) => ({ file, span })),
    );
    expect(spans.length).toBeGreaterThan(100);
    const wrong = spans.flatMap(({ file, span }) => faultsOfSpan(span).map((fault) => `${file}: ${fault}`));
    expect(wrong).toEqual([]);
  });

  it('the samples open with a command that runs them', () => {
    for (const file of readdirSync(join(root, 'configs'))) {
      const [, command = ''] =
        /^# (lorch .*)$/m.exec(readFileSync(join(root, 'configs', file), 'utf8')) ?? [];
      expect(faultOf(command, true), `${file}: ${command}`).toBeNull();
    }
  });
});
