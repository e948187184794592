import { describe, expect, it } from 'vitest';
import { markdownCode, markdownText, visible } from '../../src/diagnostics/visible.ts';

describe('text from outside', () => {
  it('moves no cursor and turns no text around', () => {
    expect(visible('a\u001b[2Jb\u202ec\u0007')).toBe('a\\x1b[2Jb\\u202ec\\x07');
  });

  it('is only text in Markdown', () => {
    expect(markdownText('a|b <img src=x> [x](http://y) `c`\n# d')).toBe(
      'a\\|b \\<img src=x\\> \\[x\\](http://y) \\`c\\` \\# d',
    );
  });

  it('is only code in Markdown, with any backticks', () => {
    expect(markdownCode('a')).toBe('`a`');
    expect(markdownCode('a``b')).toBe('``` a``b ```');
    expect(markdownCode('a\nb')).toBe('`a b`');
  });
});
