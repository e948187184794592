// Everyday rows, read from their bytes. Such a row has no structural finding; its duplicate_key is computed here as
// duplicates/duplicate-key.ts does. Every other line is left to TypeScript: this file never decides that a row is bad.
// `npm run build:native` compiles it.
#include <stdint.h>

typedef uint8_t u8;
typedef uint32_t u32;

extern u8 __heap_base;

#define EXPORT(name) __attribute__((export_name(name)))

#include "everyday-row.h"

enum { PLAIN = 0, SPACE = 1, STOP = 2, SIGN = 4, RUN = 8 };
// Of each byte in a JSON string: plain, white space, a sign that prose has not, or one that ends the string or needs a
// closer look.
static u8 kind[256];

/** Call once. Where the memory begins that the caller may use. */
EXPORT("init") u32 init(void) {
  for (int b = 0; b < 32; b++) kind[b] = STOP;
  for (int b = 128; b < 256; b++) kind[b] = STOP;
  for (const u8 *sign = (const u8 *)"#$%&*+/<=>@[]^_`{|}~\x7f"; *sign; sign++) kind[*sign] = SIGN;
  kind['"'] = kind['\\'] = kind['<'] = kind['['] = kind['{'] = STOP;
  kind[' '] = SPACE;
  return (u32)(uintptr_t)&__heap_base;
}

// Code points that Unicode's NFC leaves alone whatever stands beside them, and that are no white space.
static int is_stable(u32 c) {
  static const u32 ranges[][2] = {
      {0xa1, 0x2ff},     {0x391, 0x3ff},     {0x400, 0x482},     {0x48a, 0x52f},   {0x2010, 0x2027},
      {0x2030, 0x205e},  {0x20a0, 0x20bf},   {0x2190, 0x22ff},   {0x2500, 0x27bf}, {0x3001, 0x3029},
      {0x3041, 0x3096},  {0x30a1, 0x30fa},   {0x30fc, 0x30fc},   {0x4e00, 0x9fef}, {0xac00, 0xd7a3},
      {0xff01, 0xff60},  {0x1f300, 0x1f64f}, {0x1f680, 0x1f6cf}, {0x1f900, 0x1f9ff},
  };
  for (u32 i = 0; i < sizeof ranges / sizeof *ranges; i++)
    if (c <= ranges[i][1]) return c >= ranges[i][0];
  return 0;
}

// What is hashed of one row, and the text being written into it. `seen`: its kinds, and RUN if white space may fold.
static u8 *out;
static u8 *text_start;
static u8 seen, before;

static void begin_text(void) {
  text_start = out;
  seen = before = PLAIN;
}

// Takes back white space from the end of the text; `blank` takes line breaks too.
static inline void trim(int blank) {
  while (out > text_start && (out[-1] == ' ' || out[-1] == '\t' || (blank && out[-1] == '\n'))) out--;
}

// A line break; none before the first line that says something.
static void put_break(void) {
  trim(0);
  if (out == text_start) return;
  if (out - text_start > 1 && out[-1] == '\n' && out[-2] == '\n') seen |= RUN;
  *out++ = '\n';
  before = PLAIN;
}

static inline void put_u32(u32 value) {
  for (int i = 0; i < 4; i++) *out++ = (u8)(value >> (8 * i));
}

// A blank line stands between the two; if one of them is empty it is trimmed with the other's ends.
static void glue_texts(void) {
  put_break();
  put_break();
}

static inline int is_letter(u8 b) { return b > 127 || (u8)((b | 32) - 'a') < 26; }

// Whether no bracket follows a word, as in a call, and no quote stands but inside one. Ends are no letters.
static int is_plain(void) {
  for (const u8 *p = text_start; p < out; p++) {
    u8 last = p > text_start ? p[-1] : 0;
    if (*p == '(' && (is_letter(last) || (u8)(last - '0') < 10)) return 0;
    if (*p == '\'' && !(is_letter(last) && p + 1 < out && is_letter(p[1]))) return 0;
  }
  return 1;
}

// Runs of white space inside a line become a space, runs of blank lines one; indentation stands.
static void fold_runs(void) {
  u8 *to = text_start;
  int breaks = 0, spaces = 0;
  for (const u8 *p = text_start; p < out; p++) {
    if (*p == '\n') {
      if (++breaks < 3) *to++ = '\n';
    } else if (*p != ' ' && *p != '\t') {
      breaks = spaces = 0;
      *to++ = *p;
    } else if (breaks) {
      *to++ = *p;
    } else if (!spaces) {
      spaces = 1;
      *to++ = ' ';
    }
  }
  out = to;
}

// Closes a message; 0 if its text is blank.
static int end_text(u8 role) {
  trim(1);
  if (out == text_start) return 0;
  if (seen & RUN && !(seen & SIGN) && is_plain()) fold_runs();
  put_u32((u32)(out - text_start));
  put_u32(0);
  *out++ = role;
  return 1;
}

// One character of several bytes; null where it is broken or not stable.
static const u8 *put_wide(const u8 *p) {
  u32 c = *p;
  int more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
  if (c < 0xc2 || c > 0xf4) return 0;
  c &= more == 3 ? 7 : more == 2 ? 15 : 31;
  for (int i = 1; i <= more; i++) {
    if ((p[i] & 0xc0) != 0x80) return 0;
    c = c << 6 | (p[i] & 0x3f);
  }
  // Overlong forms and surrogates fall outside the ranges: no range of is_stable holds what they spell with fewer bytes.
  if (!is_stable(c) || (more == 2 && c < 0x800) || (more == 3 && c < 0x10000)) return 0;
  for (int i = 0; i <= more; i++) *out++ = *p++;
  before = PLAIN;
  return p;
}

static const u8 *put_escape(const u8 *p) {
  switch (*p) {
    case 'r':
      // A carriage return alone is TypeScript's to read.
      if (*++p != '\\' || *++p != 'n') return 0;
      // fall through
    case 'n':
      put_break();
      return p + 1;
    case 't':
      *out++ = '\t';
      seen |= RUN;
      before = SPACE;
      return p + 1;
    case '"':
    case '\\':
    case '/':
      *out++ = *p;
      seen |= SIGN;
      before = PLAIN;
      return p + 1;
    default:
      return 0;
  }
}

static int opens(const u8 *p, const char *word) {
  for (; *word; word++, p++)
    if ((*p | 32) != (u8)*word) return 0;
  return 1;
}

// Whether a mark of meaning/media.ts may begin after `<`, `[` or `{`, in any case.
static int may_be_mark(const u8 *p) {
  switch (*p | 32) {
    case '{':
      return 1;
    case '|':
      return 1;
    case 'i':
      return opens(p, "im");
    case 'v':
      return opens(p, "video");
    case 'p':
      return opens(p, "picture") || opens(p, "photo");
    case 'a':
      return opens(p, "audio");
    case 's':
      return opens(p, "start_of_image") || opens(p, "speechhere");
    case 'e':
      return opens(p, "end_of_image");
    default:
      return 0;
  }
}

// White space before a text: blank lines and a single space go; null for more, which may be indentation.
static const u8 *skip_lead(const u8 *p) {
  for (;;) {
    if (*p == ' ') p++;
    if (*p == ' ' || (*p == '\\' && (p[1] == 't' || p[1] == 'r'))) return 0;
    if (*p != '\\' || p[1] != 'n') return p;
    p += 2;
  }
}

static const u8 *put_string(const u8 *p) {
  if (out == text_start) {
    p = skip_lead(p);
    if (!p) return 0;
  }
  for (;;) {
    u8 byte = *p;
    u8 k = kind[byte];
    if (__builtin_expect(!(k & STOP), 1)) {
      *out++ = byte;
      seen |= k | (k & before & SPACE) << 3;
      before = k;
      p++;
      continue;
    }
    if (byte == '"') return p + 1;
    if (byte == '<' || byte == '[' || byte == '{') {
      if (may_be_mark(p + 1)) return 0;
      *out++ = byte;
      seen |= SIGN;
      before = PLAIN;
      p++;
      continue;
    }
    p = byte == '\\' ? put_escape(p + 1) : byte > 127 ? put_wide(p) : 0;
    if (!p) return 0;
  }
}

static inline u32 rotate(u32 x, int bits) { return x << bits | x >> (32 - bits); }

static inline u32 finish(u32 h) {
  h = (h ^ h >> 16) * 0x85ebca6b;
  h = (h ^ h >> 13) * 0xc2b2ae35;
  return h ^ h >> 16;
}

// MurmurHash3 x86_128 as duplicates/murmur3.ts has it.
static void hash(u8 *start, u32 *key) {
  u32 length = (u32)(out - start);
  while ((out - start) & 15) *out++ = 0;
  const u32 c1 = 0x239b961b, c2 = 0xab0e9789, c3 = 0x38b34ae5, c4 = 0xa1e38b93;
  u32 h1 = 0, h2 = 0, h3 = 0, h4 = 0;
  for (const u32 *w = (const u32 *)start; w < (const u32 *)out; w += 4) {
    h1 = (rotate(h1 ^ rotate(w[0] * c1, 15) * c2, 19) + h2) * 5 + 0x561ccd1b;
    h2 = (rotate(h2 ^ rotate(w[1] * c2, 16) * c3, 17) + h3) * 5 + 0x0bcaa747;
    h3 = (rotate(h3 ^ rotate(w[2] * c3, 17) * c4, 15) + h4) * 5 + 0x96cd1c35;
    h4 = (rotate(h4 ^ rotate(w[3] * c4, 18) * c1, 13) + h1) * 5 + 0x32ac3b17;
  }
  h1 ^= length;
  h2 ^= length;
  h3 ^= length;
  h4 ^= length;
  h1 += h2 + h3 + h4;
  h2 += h1;
  h3 += h1;
  h4 += h1;
  h1 = finish(h1);
  h2 = finish(h2);
  h3 = finish(h3);
  h4 = finish(h4);
  h1 += h2 + h3 + h4;
  key[0] = h1;
  key[1] = h2 + h1;
  key[2] = h3 + h1;
  key[3] = h4 + h1;
}

/**
 * Reads lines from `in` to `end`, where the last byte is a line break. `format`: 0 alpaca, 1 chatml. Of each line seven
 * numbers go to `rows`: its start, its end (before the break), whether it is an everyday row, and its key. `scratch` has
 * room for twice the longest line. Stops after `most` lines; returns how many were read.
 */
EXPORT("read_rows") u32 read_rows(const u8 *in, const u8 *end, u32 format, u32 *rows, u32 most, u8 *scratch) {
  u32 count = 0;
  const u8 *p = in;
  for (; p < end && count < most; count++, rows += 7) {
    out = scratch;
    const u8 *line = p;
    const u8 *q = read_line(p, format);
    rows[2] = q != 0;
    if (q) hash(scratch, rows + 3);
    else
      for (q = p; *q != '\n';) q++;
    rows[0] = (u32)(line - in);
    rows[1] = (u32)(q - in);
    p = q + 1;
  }
  return count;
}
