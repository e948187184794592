// What two texts may differ in and still be one text, and what makes them two.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyText, sameText } from '../../../src/dataset/duplicates/same-text.ts';

const pairs: Record<string, [string, string]> = {
  'another currency': ['It costs $5.', 'It costs €5.'],
  'a negation in code': ['if !done', 'if done'],
  'another bracket': ['f(x)', 'f[x]'],
  'a call for a type': ['f<x>', 'f(x)'],
  'a percent sign': ['5 %', '5'],
  'a superscript': ['x² is even.', 'x2 is even.'],
  'a full-width digit': ['Room ５.', 'Room 5.'],
  'an emoji': ['😀 good', 'good'],
  'another emoji': ['Fine 👍', 'Fine 👎'],
  'another skin tone': ['Hi 👋🏽', 'Hi 👋🏿'],
  'a question for a statement': ['Done?', 'Done!'],
  'no mark at the end': ['Done', 'Done.'],
  'case in code': ['Print(x)', 'print(x)'],
  'case of a name in code': ['x = True', 'x = true'],
  'a capital word': ['The US won.', 'The us won.'],
  'a capital inside': ['He is Polish.', 'He is polish.'],
  'a label in capitals': ['YES', 'yes'],
  'one letter': ['C', 'c'],
  'C# for C': ['Use C#.', 'Use C.'],
  'a plus for a minus': ['5 + 3', '5 - 3'],
  'a dash that may be a minus': ['It is 5–3.', 'It is 5-3.'],
  'a minus sign': ['−5', '-5'],
  'an assignment': ['a = b', 'a == b'],
  'an accent': ['Él sale.', 'El sale.'],
  'a final letter': ['Schoß', 'Schoss'],
  'a ligature': ['ﬁne', 'fine'],
  'indentation of a body': ['if a:\n    b\n    c', 'if a:\n    b\nc'],
  'tabs for spaces': ['all:\n\tmake', 'all:\n    make'],
  'indentation of one line': ['    return x', 'return x'],
  'a line break': ['a\nb', 'a b'],
  'a paragraph for a line': ['One.\nTwo.', 'One.\n\nTwo.'],
  'spaces in a string': ['print("a  b")', 'print("a b")'],
  'spaces in single quotes': ["echo 'a  b'", "echo 'a b'"],
  'spaces in a pattern': ['/a  b/', '/a b/'],
  'columns of a table': ['| a   | b |', '| a | b |'],
  'another quote in code': ["print('a')", 'print("a")'],
  'a curly quote in code': ['print(“a”)', 'print("a")'],
  'a curly quote without a sentence': ['echo “a”', 'echo "a"'],
  'a decimal point': ['1.5', '15'],
  'a thousands mark': ['1,500', '1.500'],
  'another order of marks': ['a, b; c', 'a; b, c'],
  'a hyphen': ['re-sign', 'resign'],
  'an apostrophe': ["we're here", 'were here'],
  'a joiner': ['می‌خواهم', 'میخواهم'],
};

describe('two texts', () => {
  it.each(Object.entries(pairs))('differ by %s', (_name, [a, b]) => {
    expect(sameText(a)).not.toBe(sameText(b));
    expect(keyText(a)).not.toBe(keyText(b));
  });

  it.each([
    ['space around', '  Hello, how are you? \n', 'Hello, how are you?'],
    ['a space before a word', ' yes', 'yes'],
    ['two spaces after a sentence', 'It is.  It was.', 'It is. It was.'],
    ['a no-break space', 'Is it\u00a0open?', 'Is it open?'],
    ['line ends of Windows', 'a = 1\r\nb = 2\r\n', 'a = 1\nb = 2'],
    ['space at the end of lines', 'a = 1  \nb = 2', 'a = 1\nb = 2'],
    ['blank lines around code', '\n\ndef f():\n    pass\n\n', 'def f():\n    pass'],
    ['more blank lines', 'One.\n\n\n\nTwo.', 'One.\n\nTwo.'],
    ['Unicode composition', 'cafe\u0301 {1}', 'café {1}'],
  ])('are one but for %s', (_name, a, b) => {
    expect(keyText(a)).toBe(keyText(b));
    expect(sameText(a)).toBe(sameText(b));
  });

  it.each([
    ['the first letter', 'What is a fjord?', 'what is a fjord?'],
    ['quotes', 'He said “yes”.', 'He said "yes".'],
    ['an apostrophe', 'It’s late.', "It's late."],
    ['a dash', 'Late — but here.', 'Late - but here.'],
    ['an ellipsis', 'And so on…', 'And so on...'],
  ])('of prose are one in a pair, and two rows, but for %s', (_name, a, b) => {
    expect(sameText(a)).toBe(sameText(b));
    expect(keyText(a)).not.toBe(keyText(b));
  });

  it('are left alone once they are settled, and no letter is lost', () => {
    const unit = fc.constantFrom(
      'a',
      'B',
      '.',
      '?',
      '(',
      "'",
      '"',
      '=',
      '“',
      '–',
      '5',
      'é',
      ' ',
      '\n',
      '\t',
      '\r',
      '\u3000',
    );
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 20 }), (text) => {
        const key = keyText(text);
        expect(keyText(key)).toBe(key);
        expect(sameText(key)).toBe(sameText(text));
        expect(key.replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
      }),
      { numRuns: 5000 },
    );
  });

  it('of a megabyte of white space are read at once', () => {
    const long = `a${' '.repeat(1_000_000)}b${'\n'.repeat(1_000_000)}c`;
    expect(keyText(long)).toBe('a b\n\nc');
  });
});
