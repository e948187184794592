// YAML text → located values. The only reader of YAML, with limits on depth, tokens and aliases.
import { Composer, type Document, Lexer, Parser } from 'yaml';
import type { Finding, Place } from '../../diagnostics/finding.ts';
import { finding } from '../finding.ts';
import { locate } from './locate.ts';
import type { Located, LocatedMap } from './located.ts';
import { linePlaces, type PlaceAt } from './places.ts';

/** Far above any real config, far below what slows the parser down. */
const maxTokens = 100_000;
const maxDepth = 100;

export interface ParsedYaml {
  /** Null if nothing could be read. */
  root: Located | null;
  findings: Finding[];
}

/** Reads a document that must be one mapping. */
export function parseYamlMapping(
  text: string,
  file: string,
): { root: LocatedMap | null; findings: Finding[] } {
  const { root, findings } = parseYaml(text, linePlaces(text, file));
  if (findings.length > 0) return { root: root?.kind === 'map' ? root : null, findings };
  if (root?.kind === 'map') return { root, findings };
  const at: Place = root?.at ?? { file };
  if (!root || (root.kind === 'scalar' && root.value === null))
    return { root: null, findings: [finding('C008', at, `${file} is empty`)] };
  const found = root.kind === 'list' ? 'a list' : 'a single value';
  const message = `the file holds ${found} but lines of key: value are expected`;
  return { root: null, findings: [finding('C008', at, message)] };
}

/** Reads one YAML document of any kind. `placeAt` turns an offset into a place. */
export function parseYaml(text: string, placeAt: PlaceAt): ParsedYaml {
  const { documents, findings } = compose(text, placeAt);
  const [document, second] = documents;
  if (!document) return { root: null, findings };
  const directive = text.search(/^%/m);
  if (directive >= 0 && directive < text.search(/^---/m)) {
    const hint = 'remove the line that begins with %';
    findings.push(finding('C008', placeAt(directive), 'YAML directives are not allowed', hint));
  }
  if (second)
    findings.push(
      finding(
        'C008',
        placeAt(second.range?.[0] ?? 0),
        'the file holds more than one YAML document',
        'one config a file: split it at the `---` line',
      ),
    );
  findings.push(...syntaxFindings(document, text, placeAt));
  if (!document.contents) return { root: null, findings };
  const located = locate(document.contents, placeAt);
  findings.push(...located.findings);
  return { root: located.root, findings };
}

/** Feeds the parser token by token: it is iterative and can be stopped, while composing recurses. */
function compose(text: string, placeAt: PlaceAt): { documents: Document.Parsed[]; findings: Finding[] } {
  const parser = new Parser();
  const tokens = [];
  let count = 0;
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    // Every level of nesting is at most two entries of the parser's stack.
    if (parser.stack.length > 2 * maxDepth || ++count > maxTokens) {
      const why =
        count > maxTokens ? `the file has more than ${maxTokens} tokens` : 'the file is nested too deeply';
      return { documents: [], findings: [finding('C007', placeAt(parser.offset), why)] };
    }
  }
  tokens.push(...parser.end());
  const composer = new Composer({
    version: '1.2',
    schema: 'core',
    uniqueKeys: false, // locate() finds duplicates, in linear time and with both places
    stringKeys: true,
    prettyErrors: false,
  });
  const documents = [...composer.compose(tokens)] as Document.Parsed[];
  return { documents, findings: [] };
}

const hints: Record<string, string> = {
  TAB_AS_INDENT: 'indent with spaces',
  BLOCK_AS_IMPLICIT_KEY: 'a value that contains `: ` needs quotes; a nested key belongs on a line of its own',
  MULTILINE_IMPLICIT_KEY: 'is a colon missing after the key?',
  MISSING_CHAR: 'close the quote or bracket',
  BAD_INDENT: 'keys of one section begin in the same column; brackets must be closed',
  BAD_ALIAS: 'a value that begins with * needs quotes',
};

// Inside braces and brackets YAML takes the brace of a variable for one of its own.
const variableHint = 'give the key a line of its own: inside {…} and […] a variable cannot stand unquoted';

function syntaxFindings(document: Document.Parsed, text: string, placeAt: PlaceAt): Finding[] {
  const findings: Finding[] = [];
  const lines = new Set<number | undefined>();
  for (const problem of [...document.errors, ...document.warnings]) {
    const at = placeAt(problem.pos[0]);
    // One mistake causes several errors on its line; keep the first.
    if (lines.has(at.line)) continue;
    lines.add(at.line);
    const unsafe = problem.code === 'TAG_RESOLVE_FAILED' || problem.code === 'NON_STRING_KEY';
    const message = problem.message.replace(/\s+/g, ' ');
    findings.push(
      finding(
        unsafe ? 'C009' : 'C005',
        at,
        message,
        text.slice(problem.pos[0] - 1, problem.pos[0] + 1) === '${' ? variableHint : hints[problem.code],
      ),
    );
  }
  return findings;
}
