#ifndef LEXICON_H
#define LEXICON_H

#include "cutting.h"

#define REACH 4 /* characters of the longest run that has a number */
#define UNKNOWN_CHARACTER 0xFFFD
#define ODD 0xFFFF /* this character and those above it have no place in a run's number */

enum { WHOLE, TITLE, HEAD };

#define WORDS_SLOT 0 /* the single words of the whole letter, where any model has them */

/* Runs of characters by their packed number; `more`: a longer known run begins with it. */
typedef struct {
    uint64_t key; /* 0: nothing here */
    int32_t place; /* -1: only the beginning of a known one */
    int32_t more;
} Run;

typedef struct {
    int32_t slot, part;
    int32_t *features; /* by the run's place; -1: none */
} RunSlot;

typedef struct {
    uint32_t hash;
    int32_t feature; /* -1: nothing here */
    int64_t begin; /* in the letters of its table */
    int32_t length;
} Word;

/* Words, or words joined by a space, that are features of one slot. */
typedef struct {
    int32_t slot, part, longest;
    int32_t longest_key;
    Word *words;
    uint32_t mask;
    int64_t count;
    uint32_t *letters;
    int64_t used, room;
} WordSlot;

/* The features of several models in one space, each with a number. */
typedef struct {
    const Dictionary *dictionary;
    int32_t head; /* characters of a letter's beginning */
    Run *runs;
    uint64_t run_mask;
    int64_t run_entries; /* with the mere beginnings */
    int64_t run_count, run_room;
    RunSlot *run_slots;
    int32_t run_slot_count;
    WordSlot *word_slots;
    int32_t word_slot_count;
    int32_t *run_of; /* every feature's run, -1 of words */
    int64_t size, room;
} Lexicon;

static inline uint64_t spread(uint64_t key) {
    key *= 0x9E3779B97F4A7C15u;
    return key ^ key >> 32;
}

static inline const Run *find_run(const Lexicon *own, uint64_t key) {
    uint64_t at = spread(key) & own->run_mask;
    while (own->runs[at].key && own->runs[at].key != key) {
        at = (at + 1) & own->run_mask;
    }
    return own->runs + at;
}

#define HASH_START 0x811C9DC5u

static inline uint32_t hash_more(uint32_t hash, uint32_t c) {
    hash = (hash ^ c) * 0x9E3779B1u;
    return hash ^ hash >> 15;
}

/* The feature of a word whose hash is known, -1 if none. */
int32_t find_word(const WordSlot *own, uint32_t hash, const uint32_t *text, int64_t length);

#endif
