#ifndef CUTTING_H
#define CUTTING_H

#include <stdint.h>

#define EXPORT __attribute__((visibility("default")))

/* One place of the dictionary's trie, a double array: the child of node `at` by a character of code `c` is
   `base[at] + c`, and is its child only where `parent` says so. */
typedef struct {
    int32_t base;
    int32_t parent;
    double say; /* logarithm of the word's share that ends here; above zero where none does */
} Node;

/* What a text is cut with; the arrays are mapped from the file that `cutting_file` in cutting.py writes. */
typedef struct {
    const Node *nodes;
    const uint16_t *codes; /* of every character; 0: in no word */
    const double *emits;   /* four for every character from 一 to U+9FD5: how likely it begins, ends, continues, is a word */
    const uint8_t *wordly; /* one bit a character: part of a word, as \w has it */
    double unknown;        /* what a character says that no word begins with */
    double start[4];
    double step[4][4];
    int64_t count; /* nodes */
} Dictionary;

#define LAST_CODED 0xFFFF
#define HAN_FIRST 0x4E00
#define HAN_LAST 0x9FD5

static inline int is_wordly(const Dictionary *own, uint32_t c) {
    return c < 0x110000 && (own->wordly[c >> 3] >> (c & 7) & 1);
}

/* Cuts into at most `count` pieces, whose lengths are written; returns how many. Less than zero: no memory. */
int64_t cut(const Dictionary *own, const uint32_t *text, int64_t count, int32_t *lengths);

#endif
