// Everyday rows, read from their bytes. Such a row has no structural finding; its duplicate_key is computed here as
// duplicates/duplicate-key.ts does. Every other line is left to TypeScript: this file never decides that a row is bad.
// `npm run build:native` compiles it.
#include <stdint.h>

typedef uint8_t u8;
typedef uint32_t u32;

extern u8 __heap_base;

#define EXPORT(name) __attribute__((export_name(name)))

#include "everyday-row.h"

enum { PLAIN = 0, SPACE = 1, STOP = 2 };
// Of each byte in a JSON string: plain, white space, or one that ends the string or needs a closer look.
static u8 kind[256];

/** Call once. Where the memory begins that the caller may use. */
EXPORT("init") u32 init(void) {
  for (int b = 0; b < 32; b++) kind[b] = STOP;
  for (int b = 128; b < 256; b++) kind[b] = STOP;
  kind['"'] = kind['\\'] = kind['<'] = kind['['] = STOP;
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

// What is hashed of one row, and the text being written into it.
static u8 *out;
static u8 *text_start;
static int space_before;

static void begin_text(void) {
  text_start = out;
  space_before = 1;
}

static inline void put_space(void) {
  *out = ' ';
  out += 1 - space_before;
  space_before = 1;
}

static inline void put_u32(u32 value) {
  for (int i = 0; i < 4; i++) *out++ = (u8)(value >> (8 * i));
}

// A blank line stands between the two; where one of them is empty it is trimmed with the other's ends.
static void glue_texts(void) { put_space(); }

// Closes a message; 0 where its text is blank.
static int end_text(u8 role) {
  if (space_before && out > text_start) out--;
  if (out == text_start) return 0;
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
  space_before = 0;
  return p;
}

static const u8 *put_escape(const u8 *p) {
  switch (*p) {
    case 'n':
    case 't':
    case 'r':
    case 'f':
      put_space();
      return p + 1;
    case '"':
    case '\\':
    case '/':
      *out++ = *p;
      space_before = 0;
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

// Whether a mark of meaning/media.ts may begin after `<` or `[`, in any case.
static int may_be_mark(const u8 *p) {
  switch (*p | 32) {
    case '|':
      return 1;
    case 'i':
      return opens(p, "im");
    case 'v':
      return opens(p, "video");
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

static const u8 *put_string(const u8 *p) {
  for (;;) {
    u8 byte = *p;
    u8 k = kind[byte];
    if (__builtin_expect(k != STOP, 1)) {
      int space = k == SPACE;
      *out = byte;
      out += 1 - (space & space_before);
      space_before = space;
      p++;
      continue;
    }
    if (byte == '"') return p + 1;
    if (byte == '<' || byte == '[') {
      if (may_be_mark(p + 1)) return 0;
      *out++ = byte;
      space_before = 0;
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
