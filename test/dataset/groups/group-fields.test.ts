import { describe, expect, it } from 'vitest';
import { fieldValue } from '../../../src/dataset/groups/field-value.ts';
import { groupFields, namesGroup } from '../../../src/dataset/groups/group-fields.ts';

describe('a field that names a group', () => {
  it.each([
    'conversation_id',
    'ConversationID',
    'doc-id',
    'user_id',
    'sessionId',
    'thread',
    'source_url',
    'url',
    'dialogue_id',
    'ticket_no',
    'repo',
    'page_title',
  ])('is told by its name: %s', (name) => {
    expect(namesGroup(name)).toBe(true);
  });
  it.each([
    'id',
    'source',
    'category',
    'language',
    'score',
    'model',
    'valid',
    'title',
    'text',
    'userland',
    'idea',
    'lang_id',
  ])('is not any field: %s', (name) => {
    expect(namesGroup(name)).toBe(false);
  });
  it('may stand one level deeper, and has a text or a number', () => {
    expect(
      groupFields({ meta: { user_id: 7, tags: ['a'] }, doc_id: ' d1 ', thread: null, url: ['x'] }),
    ).toEqual([
      ['meta.user_id', '7'],
      ['doc_id', 'd1'],
    ]);
  });
});

it('is found by key or path, and a number is the same value as its text', () => {
  expect(fieldValue({ 'a.b': 1, a: { b: 2 } }, 'a.b')).toBe('1');
  expect(fieldValue({ a: { 'b.c': '2' } }, 'a.b.c')).toBe('2');
  expect(fieldValue({ a: { b: 2 } }, 'a.b')).toBe(fieldValue({ a: { b: '2' } }, 'a.b'));
  for (const row of [{}, { a: null }, { a: '' }, { a: ' ' }, null, { b: { a: 1 } }])
    expect(fieldValue(row, 'a')).toBeNull();
  expect(fieldValue(Object.create({ a: 1 }), 'a')).toBeNull();
});
