// The shingles of everyday rows, from their bytes. Hashes are those of duplicates/shingler.ts, bit for bit. A row that is
// anything else, or whose text has to be normalised as a whole, is left to TypeScript: this file never decides that a row
// is bad. `npm run build:native` compiles it.
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;

extern u8 __heap_base;

#define EXPORT(name) __attribute__((export_name(name)))
#define IMPORT(name) __attribute__((import_module("env"), import_name(name)))

#include "everyday-row.h"

// Classes of UTF-16 units, as duplicates/character-classes.ts has them.
enum { UNKNOWN = 0, GAP = 1, ALONE = 2, HALF = 3, HARD = 4 };

IMPORT("classify") u32 classify(u32 unit);
IMPORT("classify_pair") u32 classify_pair(u32 point);

// Of bytes inside a JSON string: ends a word; needs a closer look; otherwise the lower-case byte of a word.
enum { BREAK = 0, LOOK = 1 };

enum { MOST_WORDS = 16384, SLOTS = 32768 };
enum { SEED_LOW = 0x1b873593, SEED_HIGH = 0x2545f491 };
#define MIX_LOW 0x01000193u
#define MIX_HIGH 0x5bd1e995u

static u8 byte_kind[256];
static u16 classes[65536];

// Words of the row, one array a lane.
static u32 word_low[MOST_WORDS], word_high[MOST_WORDS];
static u32 words;
static u32 low, high;
static int open;

// The row's distinct shingles; a slot is taken where its stamp is the row's.
static u32 slot_low[SLOTS], slot_high[SLOTS], slot_stamp[SLOTS];
static u32 stamp;

static u32 width;

/** Call once: words a shingle. Where the memory begins that the caller may use. */
EXPORT("init") u32 init(u32 n) {
  width = n;
  for (u32 b = 0; b < 256; b++) byte_kind[b] = LOOK;
  for (u32 b = 32; b < 128; b++) {
    u32 kind = classify(b);
    byte_kind[b] = kind > HARD ? (u8)kind : BREAK;
  }
  byte_kind['"'] = byte_kind['\\'] = LOOK;
  return (u32)(uintptr_t)&__heap_base;
}

static inline int end_word(void) {
  if (!open) return 1;
  if (words == MOST_WORDS) return 0;
  u32 x = (low ^ low >> 15) * 0x2c1b3c6d;
  u32 y = (high ^ high >> 13) * 0x297a2d39;
  word_low[words] = x ^ x >> 12;
  word_high[words++] = y ^ y >> 16;
  low = SEED_LOW;
  high = SEED_HIGH;
  open = 0;
  return 1;
}

static inline void put_unit(u32 unit) {
  low = (low ^ unit) * MIX_LOW;
  high = high * MIX_HIGH + unit;
  open = 1;
}

// One character beyond ASCII; 0 where the text has to be normalised first.
static int put_point(u32 c) {
  u32 unit = c, tail = 0, kind;
  if (c < 0x10000) {
    kind = classes[c];
    if (kind == UNKNOWN) kind = classes[c] = (u16)classify(c);
  } else {
    kind = classify_pair(c);
    unit = 0xd800 + ((c - 0x10000) >> 10);
    tail = 0xdc00 + (c & 0x3ff);
  }
  if (kind == HARD || kind == HALF) return 0;
  if (kind > HARD) {
    if (c < 0x10000) put_unit(kind);
    else {
      put_unit(unit);
      put_unit(tail);
    }
    return 1;
  }
  if (!end_word()) return 0;
  if (kind == GAP) return 1;
  put_unit(unit);
  put_unit(tail);
  return end_word();
}

// A character of several bytes; the place after it, or null.
static const u8 *put_wide(const u8 *p) {
  static const u32 least[] = {0, 0x80, 0x800, 0x10000};
  u32 c = *p;
  int more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
  if (c < 0xc2 || c > 0xf4) return 0;
  c &= 0x3fu >> more;
  for (int i = 1; i <= more; i++) {
    if ((p[i] & 0xc0) != 0x80) return 0;
    c = c << 6 | (p[i] & 0x3f);
  }
  if (c < least[more] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) return 0;
  return put_point(c) ? p + more + 1 : 0;
}

static int hex(const u8 *p, u32 *value) {
  u32 v = 0;
  for (int i = 0; i < 4; i++) {
    u32 c = p[i], d = c - '0';
    if (d > 9) {
      d = (c | 32) - 'a' + 10;
      if (d < 10 || d > 15) return 0;
    }
    v = v << 4 | d;
  }
  *value = v;
  return 1;
}

// `p` is after the backslash.
static const u8 *put_escape(const u8 *p) {
  u32 c, tail;
  switch (*p) {
    case '"':
    case '\\':
    case '/':
    case 'n':
    case 't':
    case 'r':
    case 'f':
      return end_word() ? p + 1 : 0;
    case 'u':
      if (!hex(p + 1, &c) || c < 0x20 || (c >= 0xdc00 && c < 0xe000)) return 0;
      p += 5;
      if (c >= 0xd800 && c < 0xdc00) {
        if (p[0] != '\\' || p[1] != 'u' || !hex(p + 2, &tail) || tail < 0xdc00 || tail > 0xdfff) return 0;
        p += 6;
        c = 0x10000 + ((c - 0xd800) << 10) + (tail - 0xdc00);
      }
      return put_point(c) ? p : 0;
    default:
      return 0;
  }
}

static const u8 *put_string(const u8 *p) {
  u32 l = low, h = high;
  for (;;) {
    u8 byte = *p;
    u32 kind = byte_kind[byte];
    if (__builtin_expect(kind > LOOK, 1)) {
      do {
        l = (l ^ kind) * MIX_LOW;
        h = h * MIX_HIGH + kind;
        byte = *++p;
        kind = byte_kind[byte];
      } while (kind > LOOK);
      open = 1;
    }
    low = l;
    high = h;
    if (kind == BREAK) {
      if (!end_word()) return 0;
      p++;
    } else if (byte == '"') {
      return end_word() ? p + 1 : 0;
    } else {
      p = byte == '\\' ? put_escape(p + 1) : byte > 127 ? put_wide(p) : 0;
      if (!p) return 0;
    }
    l = low;
    h = high;
  }
}

// One hash over the texts of a side, prompt or answer; zeros where there was no word.
struct fold {
  u32 low, high;
};
static struct fold prompt, answer;

static u32 from;

static void begin_text(void) { from = words; }

// Words end with their string.
static void glue_texts(void) {}

// Closes a text; 0 where no word stands in it, which may be a fault.
static int end_text(u8 role) {
  if (words == from) return 0;
  struct fold *fold = role == ASSISTANT ? &answer : &prompt;
  u32 a = words - from, b = ~a;
  for (u32 i = from; i < words; i++) {
    a = (a ^ word_low[i]) * 0x9e3779b1 + 0x7f4a7c15;
    a ^= a >> 15;
    b = (b ^ word_high[i]) * 0x85ebca6b + 0x165667b1;
    b ^= b >> 13;
  }
  fold->low = fold->low * 0x9e3779b1 + a;
  if (!fold->low) fold->low = 1;
  fold->high = fold->high * 0x85ebca6b + b;
  return 1;
}

static const u32 place_low[] = {0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f, 0x165667b1};
static const u32 place_high[] = {0xcc9e2d51, 0xe6546b65, 0x38b34ae5, 0xa1e38b93, 0x7feb352d};

static inline int is_new(u32 a, u32 b, u32 shift, u32 mask) {
  for (u32 slot = (a ^ b) * 0x9e3779b1 >> shift;; slot = (slot + 1) & mask) {
    if (slot_stamp[slot] != stamp) {
      slot_stamp[slot] = stamp;
      slot_low[slot] = a;
      slot_high[slot] = b;
      return 1;
    }
    if (slot_low[slot] == a && slot_high[slot] == b) return 0;
  }
}

static inline void count(u8 *counts, u32 shift, u32 shingle) {
  u32 slot = shingle * 0x9e3779b1 >> shift;
  u32 place = (slot & 3) << 1;
  u32 four = counts[slot >> 2];
  if ((four >> place & 3) < 3) counts[slot >> 2] = (u8)(four + (1u << place));
}

// Writes the row's distinct shingles and counts them; returns how many.
static u32 put_shingles(u32 *out, u8 *counts, u32 shift) {
  u32 n = words < width ? words : width;
  u32 grams = words - n + 1, bits = 6, size = 0;
  while (1u << bits < grams * 2) bits++;
  u32 set_shift = 32 - bits, mask = (1u << bits) - 1;
  stamp++;
  if (n == 3) {
    for (u32 i = 0; i < grams; i++) {
      u32 a = word_low[i] * place_low[0] + word_low[i + 1] * place_low[1] + word_low[i + 2] * place_low[2] + 3;
      u32 b = word_high[i] * place_high[0] + word_high[i + 1] * place_high[1] + word_high[i + 2] * place_high[2] + 3;
      if (is_new(a, b, set_shift, mask)) out[size++] = a;
    }
  } else {
    for (u32 i = 0; i < grams; i++) {
      u32 a = n, b = n;
      for (u32 j = 0; j < n; j++) {
        a += word_low[i + j] * place_low[j];
        b += word_high[i + j] * place_high[j];
      }
      if (is_new(a, b, set_shift, mask)) out[size++] = a;
    }
  }
  for (u32 i = 0; i < size; i++) count(counts, shift, out[i]);
  return size;
}

/**
 * Reads lines from `in` to `end`, where the last byte is a line break. `format`: 0 alpaca, 1 chatml. Of each line seven
 * numbers go to `rows`: its start, its end (before the break), how many shingles it has or 0 where it is left to others,
 * and the hashes of prompt and answer. Shingles go to `out` one row after another, and into `counts`. Stops after `most`
 * lines or where `out` may not hold another row; returns how many were read.
 */
EXPORT("read_rows")
u32 read_rows(const u8 *in, const u8 *end, u32 format, u32 *rows, u32 most, u32 *out, u32 room, u8 *counts, u32 shift) {
  u32 count_lines = 0;
  const u8 *p = in;
  const u32 *last = out + room - MOST_WORDS;
  for (; p < end && count_lines < most && out <= last; count_lines++, rows += 7) {
    words = 0;
    low = SEED_LOW;
    high = SEED_HIGH;
    open = 0;
    prompt.low = prompt.high = answer.low = answer.high = 0;
    const u8 *line = p;
    const u8 *q = read_line(p, format);
    rows[2] = q ? put_shingles(out, counts, shift) : 0;
    out += rows[2];
    if (!q)
      for (q = p; *q != '\n';) q++;
    rows[0] = (u32)(line - in);
    rows[1] = (u32)(q - in);
    rows[3] = prompt.low;
    rows[4] = prompt.high;
    rows[5] = answer.low;
    rows[6] = answer.high;
    p = q + 1;
  }
  return count_lines;
}
