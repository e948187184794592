// The grammar of everyday rows: {"instruction", "input"?, "output"} with texts only, or {"messages": [{"role", "content"}
// …]} where a system message may lead and user and assistant take turns up to an assistant. Included by rows.c and
// shingles.c, which say before what becomes of a text: begin_text, glue_texts, put_string and end_text.

// Numbers of roles, as duplicate-key.ts has them.
enum { SYSTEM = 0, USER = 2, ASSISTANT = 3 };

static void begin_text(void);
// Between instruction and input, which make one text.
static void glue_texts(void);
// The rest of a JSON string after its opening quote; the place after its closing one, or null: a closer look is needed.
static const u8 *put_string(const u8 *p);
// 0 where the text says nothing.
static int end_text(u8 role);

static inline const u8 *skip(const u8 *p) {
  while (*p == ' ' || *p == '\t') p++;
  return p;
}

// The place after `word` (and the space before it), or null.
static inline const u8 *expect(const u8 *p, const char *word) {
  p = skip(p);
  for (; *word; word++, p++)
    if (*p != (u8)*word) return 0;
  return p;
}

#define NEED(next)    \
  do {                \
    p = (next);       \
    if (!p) return 0; \
  } while (0)

// `"name": "text"`, the text written out.
static const u8 *put_member(const u8 *p, const char *name) {
  NEED(expect(p, name));
  NEED(expect(p, ":"));
  NEED(expect(p, "\""));
  return put_string(p);
}

static const u8 *read_alpaca(const u8 *p) {
  begin_text();
  NEED(put_member(p, "\"instruction\""));
  NEED(expect(p, ","));
  if (expect(p, "\"input\"")) {
    glue_texts();
    NEED(put_member(p, "\"input\""));
    NEED(expect(p, ","));
  }
  if (!end_text(USER)) return 0;
  begin_text();
  NEED(put_member(p, "\"output\""));
  if (!end_text(ASSISTANT)) return 0;
  return expect(p, "}");
}

static const u8 *read_messages(const u8 *p) {
  NEED(expect(p, "\"messages\""));
  NEED(expect(p, ":"));
  NEED(expect(p, "["));
  for (int i = 0, wanted = USER;; i++) {
    NEED(expect(p, "{"));
    NEED(expect(p, "\"role\""));
    NEED(expect(p, ":"));
    const u8 *role = expect(p, wanted == USER ? "\"user\"" : "\"assistant\"");
    int is = wanted;
    if (!role && i == 0) {
      role = expect(p, "\"system\"");
      is = SYSTEM;
    }
    if (!role) return 0;
    NEED(expect(role, ","));
    begin_text();
    NEED(put_member(p, "\"content\""));
    if (!end_text((u8)is)) return 0;
    NEED(expect(p, "}"));
    if (is != SYSTEM) wanted = is == USER ? ASSISTANT : USER;
    p = skip(p);
    if (*p == ']') return is == ASSISTANT ? expect(p + 1, "}") : 0;
    if (*p++ != ',') return 0;
  }
}

// A line that is an everyday row, up to its line break; or null. `format`: 0 alpaca, 1 chatml.
static const u8 *read_line(const u8 *p, u32 format) {
  NEED(expect(p, "{"));
  NEED(format ? read_messages(p) : read_alpaca(p));
  p = skip(p);
  if (*p == '\r') p++;
  return *p == '\n' ? p : 0;
}
