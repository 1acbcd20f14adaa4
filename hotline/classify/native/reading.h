#ifndef READING_H
#define READING_H

#include "lexicon.h"

typedef struct {
    int32_t begin, length; /* in the letter's text without spaces */
    int32_t feature;       /* as a word of the whole letter; -1: none */
    int32_t wordly;
} Token;

/* Some letters' features, and where in each letter they stand, which an explanation needs. */
typedef struct {
    const Lexicon *lexicon;
    int64_t count;
    int64_t *text_starts; /* where each letter's text begins; one more than letters, as of all starts */
    int64_t *token_starts;
    int64_t *titles; /* how many of each letter's tokens are its title's */
    int64_t *feature_starts;
    uint32_t *text; /* without spaces */
    int32_t *places; /* by length from two on and by character: the run that begins there, -1 if unknown */
    int64_t text_size;
    Token *tokens;
    int32_t *ids; /* of features */
    int32_t *times; /* how often each occurs */
    float *often; /* 1 + ln of that */
    int32_t *slots;
    int64_t room;
} Reading;

#endif
