/* Clauses by what stands in them: whether one asks or wishes, how it ends, and how far back a wish lies that it may be part of.
   A wish goes on behind a comma or not by what follows. */
#include "marking.h"

enum { ASKS = 1, WISHES = 2, COMMA = 4, QUESTION = 8, LAST = 16, UNPARTED = 32 };

#define LONGEST 30 /* Characters: what goes on longer is speech without punctuation, where a word that asks says nothing of its clause. */

static int asks(const uint32_t *c) {
    switch (c[0]) {
    case 0x5417: case 0x4E48: case 0x5462: case 0x54EA: case 0x8C01: case 0x4F55: /* 吗 么 呢 哪 谁 何 */
    case 0x548B: case 0x5565: case 0x600E: case 0x4EC0: return ASKS; /* 咋 啥 怎 什 */
    case 0x662F: case 0x80FD: case 0x53EF: return c[1] == 0x5426 || (c[1] == 0x4E0D && c[2] == c[0]) ? ASKS : 0; /* 是否, 能不能 */
    case 0x591A: return c[1] == 0x5C11 || c[1] == 0x4E45 ? ASKS : 0; /* 多少, 多久 */
    case 0x51E0: return c[1] == 0x65F6 || c[1] == 0x70B9 ? ASKS : 0; /* 几时, 几点 */
    }
    return 0;
}

static int wishes(const uint32_t *c) {
    switch (c[0]) {
    case 0x8BF7: return c[1] != 0x5047 && c[1] != 0x5BA2 ? WISHES : 0; /* 请, not 请假, 请客 */
    case 0x6C42: case 0x671B: return WISHES; /* 求, 望 */
    case 0x5EFA: return c[1] == 0x8BAE ? WISHES : 0; /* 建议 */
    case 0x9EBB: return c[1] == 0x70E6 ? WISHES : 0; /* 麻烦 */
    }
    return 0;
}

static int parts(uint32_t code) {
    switch (code) {
    case ',': return 1 | COMMA;
    case '?': return 1 | QUESTION;
    case 0x3002: case '!': case 0xFF01: case ';': case 0xFF1B: case ':': case ' ': case 0x3000: case '\n': case 0x2026: return 1;
    }
    return 0;
}

int read_clauses(int32_t length, const uint32_t *codes, uint8_t *clause, uint8_t *stands) {
    int wished = 0;
    for (int32_t from = 0, to; from < length; from = to) {
        int seen = 0;
        for (to = from; to < length && !parts(codes[to]); to++) seen |= asks(codes + to) | wishes(codes + to);
        int32_t end = to;
        if (end < length) seen |= parts(codes[end]) & (COMMA | QUESTION);
        while (to < length && parts(codes[to])) to++;
        if (to == length) seen |= LAST;
        if (end - from > LONGEST) seen = UNPARTED;
        wished |= seen & WISHES;
        for (int32_t i = from; i < to; i++) {
            clause[i] = (uint8_t)(seen + 1);
            stands[i] = i >= end ? PARTS : i == from ? 1 : i == end - 1 ? 3 : 2;
        }
    }
    return wished;
}

static int ends_sentence(uint32_t code) { return code == 0x3002 || code == '!' || code == 0xFF01 || code == '?' || code == '\n'; }

/* 一、 2. (3) 其一 二是 第三: what begins so is one of several. */
static int counted(const uint32_t *c) {
    if (c[0] == 0x5176 || c[0] == 0x7B2C) return sort_of(c[1]) == 5; /* 其一, 第二 */
    if (c[0] == '(' || c[0] == 0xFF08) c++;
    if (sort_of(c[0]) != 2 && sort_of(c[0]) != 5) return 0;
    return c[1] == 0x3001 || c[1] == '.' || c[1] == 0xFF0E || c[1] == ')' || c[1] == 0xFF09 || c[1] == 0x662F;
}

enum { NO_WISH, IN_CLAUSE, IN_CLAUSE_BEFORE, IN_SENTENCE, IN_SENTENCE_BEFORE, COUNTED, ALONE = 2 * COUNTED };

void read_wishes(int32_t length, const uint32_t *codes, const uint8_t *clause, const uint8_t *stands, uint8_t *wish) {
    int32_t sentences = 0;
    for (int32_t i = 0; i < length; i++) sentences += ends_sentence(codes[i]);
    int begins = 1, several = 0, here = 0, sentence = 0, sentence_before = 0;
    for (int32_t from = 0, to; from < length && sentences; from = to) { /* of speech without sentences nothing is said */
        int before = here, unparted = clause[from] == UNPARTED + 1;
        if (begins) {
            sentence_before = sentence;
            before = sentence = several = 0;
        }
        several |= counted(codes + from);
        here = !unparted && ((clause[from] - 1) & WISHES) != 0;
        int where = here              ? IN_CLAUSE
                    : before          ? IN_CLAUSE_BEFORE
                    : sentence        ? IN_SENTENCE
                    : sentence_before ? IN_SENTENCE_BEFORE
                                      : NO_WISH;
        sentence |= here;
        begins = 0;
        for (to = from; to < length && (to == from || stands[to] == PARTS || stands[to - 1] != PARTS); to++) {
            wish[to] = (uint8_t)(1 + (unparted ? ALONE : where + (several ? COUNTED : 0)));
            begins |= stands[to] == PARTS && ends_sentence(codes[to]);
        }
    }
}
