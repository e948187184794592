import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configCodes } from '../../src/config/codes.ts';
import { configJsonSchema, configJsonSchemaText } from '../../src/config/json-schema.ts';
import { configReference } from '../../src/config/reference.ts';
import { nicknames } from '../../src/config/schema/nicknames.ts';
import { knownSections } from '../../src/config/schema/sections.ts';

const root = resolve(import.meta.dirname, '../..');

interface Node {
  properties?: Record<string, Node>;
  description?: string;
  default?: unknown;
  'x-default-rule'?: string;
}

function* fields(node: Node, path: string[] = []): Generator<[string, Node]> {
  for (const [name, child] of Object.entries(node.properties ?? {})) {
    yield [[...path, name].join('.'), child];
    yield* fields(child, [...path, name]);
  }
}

describe('generated files', () => {
  it('run-config.schema.json is current (npm run generate)', () => {
    expect(readFileSync(resolve(root, 'run-config.schema.json'), 'utf8')).toBe(configJsonSchemaText());
  });

  it('docs/config.md is current (npm run generate)', () => {
    expect(readFileSync(resolve(root, 'docs/config.md'), 'utf8')).toBe(configReference());
  });
});

describe('the schema', () => {
  it('describes every setting in words', () => {
    const silent = [...fields(configJsonSchema() as Node)].filter(([, node]) => !node.description);
    expect(silent.map(([path]) => path)).toEqual([]);
  });

  it('keeps the descriptions of settings apart', () => {
    const all = [...fields(configJsonSchema() as Node)].filter(([path]) => path.includes('.'));
    const texts = all.map(([, node]) => node.description);
    expect(new Set(texts).size).toBe(texts.length);
  });

  it('shows the defaults of settings whose values it rewrites', () => {
    const byPath = new Map(fields(configJsonSchema() as Node));
    const defaults = [
      'model.dtype',
      'lora.task_type',
      'training.report_to',
      'training.max_length',
      'resources.host',
    ];
    expect(defaults.map((path) => byPath.get(path)?.default)).toEqual([
      'bfloat16',
      'CAUSAL_LM',
      'none',
      2048,
      'local',
    ]);
  });

  it('refuses no field that it accepts, and none twice', () => {
    for (const { path, keys, refused } of knownSections().values()) {
      const names = Object.values(refused).flatMap((list: Record<string, string>) => Object.keys(list));
      expect(new Set(names).size, path).toBe(names.length);
      expect(names.filter((name) => keys.includes(name))).toEqual([]);
    }
  });

  it('has nicknames for settings that exist, and for no setting itself', () => {
    const paths = new Set(
      [...knownSections().values()].flatMap(({ path, keys }) =>
        keys.map((key) => (path ? `${path}.${key}` : key)),
      ),
    );
    expect(Object.values(nicknames).filter((path) => !paths.has(path))).toEqual([]);
  });
});

describe('the codes', () => {
  it('are in order, without a repetition', () => {
    const codes = configCodes.map(({ code }) => code);
    expect(codes.filter((code) => !/^C\d{3}$/.test(code))).toEqual([]);
    expect(codes).toEqual([...new Set(codes)].sort());
    expect(new Set(configCodes.map(({ name }) => name)).size).toBe(configCodes.length);
  });
});
