/* What may speak for the label of a character: the characters and words around it, and what the rules propose. */
#include "marking.h"
#include <stdlib.h>
#include <string.h>

#define EDGE 4
#define OUTSIDE 1u

static uint64_t mixed(uint64_t seen, uint64_t next) {
    seen ^= next + 0x9E3779B97F4A7C15ull + (seen << 6) + (seen >> 2);
    return seen * 0xBF58476D1CE4E5B9ull;
}

static uint32_t row_of(uint64_t seen, uint32_t mask) {
    seen ^= seen >> 31;
    seen *= 0x94D049BB133111EBull;
    return (uint32_t)(seen >> 29) & mask;
}

int sort_of(uint32_t code) {
    static const uint32_t numerals[] = {0x96F6, 0x3007, 0x4E00, 0x4E8C, 0x4E24, 0x4E09, 0x56DB, 0x4E94, 0x516D, 0x4E03, 0x516B,
                                        0x4E5D, 0x5341, 0x767E, 0x5343, 0x4E07, 0x4EBF, 0x51E0, 0x534A, 0x591A, 0x4FE9, 0x4EE8};
    if (code == '0') return 2;
    if (code < 128) return (code | 32) >= 'a' && (code | 32) <= 'z' ? 3 : 4;
    for (size_t at = 0; at < sizeof numerals / sizeof *numerals; at++)
        if (numerals[at] == code) return 5;
    return code >= 0x4E00 && code <= 0x9FFF ? 6 : 4;
}

/* Where of its span a character stands: 0 outside, else the kind (of a listed name its length) and 1 begins, 2 within, 3 ends, 4 is all of it. */
static void spread(const Text *text, uint8_t *flat, uint8_t *demand, uint8_t *endings, uint8_t *named, uint8_t *surname) {
    for (int32_t at = 0; at < text->spans; at++) {
        const int32_t *span = text->proposed + 3 * at;
        if (span[2] == SURNAME) {
            surname[span[0]] = 1;
            continue;
        }
        uint8_t *over = span[2] == NAMED ? named : span[2] == KINDS ? endings : span[2] == KINDS - 1 ? demand : flat;
        int kind = span[2] < KINDS - 1 ? span[2] : span[2] < NAMED ? 0 : span[1] - span[0] < 5 ? span[1] - span[0] : 5;
        for (int32_t i = span[0]; i < span[1]; i++)
            over[i] = (uint8_t)(1 + 4 * kind + (span[1] - span[0] == 1 ? 3 : i == span[0] ? 0 : i == span[1] - 1 ? 2 : 1));
    }
}

#define SAY(name, value) (*row++ = row_of(mixed(mixed(0, name), value), mask))

int find_clues(const Text *text, uint32_t mask, uint32_t *rows) {
    int32_t n = text->length, word = 0, begun = 0, next = 0;
    uint64_t uttered = 0;
    size_t padded = (size_t)n + 2 * EDGE;
    uint32_t *codes = malloc(padded * sizeof *codes);
    uint8_t *sorts = malloc(padded), *marks = calloc(padded, 8);
    uint64_t *hashes = malloc(((size_t)text->words + 2) * sizeof *hashes);
    if (!codes || !sorts || !marks || !hashes) return free(codes), free(sorts), free(marks), free(hashes), -1;
    for (size_t i = 0; i < padded; i++) {
        uint32_t code = i < EDGE || i >= (size_t)n + EDGE ? OUTSIDE : text->codes[i - EDGE];
        if ((code >= '0' && code <= '9') || (code >= 0xFF10 && code <= 0xFF19)) code = '0';
        if (code == 0xFF0C) code = ',';
        if (code == 0xFF1A) code = ':';
        if (code == 0xFF1F) code = '?';
        codes[i] = code;
        sorts[i] = code == OUTSIDE ? 1 : (uint8_t)sort_of(code);
    }
    hashes[0] = hashes[text->words + 1] = 7;
    for (int32_t w = 0, i = 0; w < text->words; w++) {
        uint64_t seen = 11;
        for (; i < text->ends[w]; i++) seen = mixed(seen, codes[i + EDGE]);
        hashes[w + 1] = seen;
    }
    uint8_t *flat = marks + EDGE, *demand = marks + padded + EDGE, *endings = marks + 2 * padded + EDGE;
    uint8_t *named = marks + 3 * padded + EDGE;
    uint8_t *surname = marks + 4 * padded + EDGE;
    spread(text, flat, demand, endings, named, surname);
    uint8_t *clause = marks + 5 * padded + EDGE, *stands = marks + 6 * padded + EDGE;
    uint8_t *wish = marks + 7 * padded + EDGE;
    uint64_t wished = read_clauses(n, codes + EDGE, clause, stands);
    read_wishes(n, codes + EDGE, clause, stands, wish);
    for (int32_t i = 0; i < n; i++) {
        const uint32_t *c = codes + i + EDGE;
        const uint8_t *s = sorts + i + EDGE;
        uint32_t *row = rows + (size_t)i * CLUES, *last = row + CLUES;
        for (int o = -3; o <= 3; o++) SAY(100 + o, c[o]);
        for (int o = -3; o <= 2; o++) SAY(110 + o, mixed(c[o], c[o + 1]));
        for (int o = -3; o <= 1; o++) SAY(120 + o, mixed(mixed(c[o], c[o + 1]), c[o + 2]));
        for (int o = -4; o <= 1; o++)
            if (o <= -3 || o >= 0) SAY(130 + o, mixed(mixed(mixed(c[o], c[o + 1]), c[o + 2]), c[o + 3]));
        SAY(140, mixed(mixed(mixed(mixed(s[-2], s[-1]), s[0]), s[1]), s[2]));
        SAY(141, mixed(mixed(s[-1], s[0]), s[1]));
        while (i >= text->ends[word]) begun = text->ends[word++];
        int32_t end = text->ends[word];
        uint64_t place = end - begun == 1 ? 1 : i == begun ? 2 : i == end - 1 ? 3 : 4;
        uint32_t before = word ? text->sorts[word - 1] : 0, behind = word + 1 < text->words ? text->sorts[word + 1] : 0;
        uint32_t here = text->sorts[word];
        SAY(150, place);
        SAY(151, mixed(place, here));
        SAY(152, mixed(place, hashes[word + 1]));
        SAY(153, mixed(place, text->known[word]));
        SAY(154, mixed(place, hashes[word]));
        SAY(155, mixed(place, hashes[word + 2]));
        SAY(156, mixed(place, before));
        SAY(157, mixed(place, behind));
        SAY(158, mixed(mixed(mixed(place, before), here), behind));
        if (i == next) { /* a clause begins; where does the one behind it? */
            uttered = i ? clause[i - 1] : 0;
            while (next < n && stands[next] != PARTS) next++;
            while (next < n && stands[next] == PARTS) next++;
        }
        uint64_t said = mixed(stands[i], clause[i]);
        SAY(210, said);
        SAY(211, mixed(said, uttered));
        SAY(212, mixed(said, next < n ? clause[next] : 0));
        SAY(213, mixed(said, wished));
        SAY(214, mixed(said, hashes[word + 1]));
        uint64_t wishing = mixed(stands[i], wish[i]);
        SAY(215, wishing);
        SAY(216, mixed(wishing, stands[i] == PARTS ? mixed(c[1], c[2]) : hashes[word + 1])); /* how the next clause begins, or what is said */
        for (int o = 0; o <= 2; o++) /* a surname here or shortly before, and what leads to it */
            if (surname[i - o]) {
                SAY(200 + o, s[-o - 1]);
                SAY(203 + o, c[-o - 1]);
                SAY(206 + o, mixed(c[-o - 2], c[-o - 1]));
            }
        for (int o = 0; o <= 3; o++)
            if (i + o < n && endings[i + o]) SAY(160 + o, endings[i + o]);
        if (named[i - 1] || named[i] || named[i + 1]) {
            SAY(190, named[i]);
            SAY(191, mixed(named[i - 1], named[i]));
            SAY(192, mixed(named[i], named[i + 1]));
            SAY(193, mixed(mixed(named[i], named[i - 1]), s[0]));
            if (text->heard) SAY(194, mixed(named[i] % 4, flat[i]));
        }
        if (text->heard) {
            SAY(170, flat[i]);
            SAY(171, flat[i - 1]);
            SAY(172, flat[i + 1]);
            SAY(173, mixed(flat[i - 1], flat[i]));
            SAY(174, mixed(flat[i], c[0]));
            SAY(175, mixed(flat[i], c[-1]));
            SAY(176, mixed(demand[i], demand[i - 1]));
            SAY(177, demand[i]);
            SAY(178, demand[i + 1]);
            SAY(179, mixed(demand[i], c[0]));
            SAY(180, mixed(demand[i], c[-1]));
        }
        while (row < last) *row++ = UINT32_MAX;
    }
    free(codes);
    free(sorts);
    free(marks);
    free(hashes);
    return 0;
}
