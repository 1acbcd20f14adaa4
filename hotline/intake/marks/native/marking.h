/* What is marked in a text, character by character: a linear model over the labels of each character and of each two neighbours. */
#pragma once
#include <stdint.h>

#define WIDTH 32    /* weights of a row, one for each label of both layers, and room to spare */
#define LABELS 30   /* of them used: 25 of what lies side by side, 5 of demands, which may hold others */
#define DEMANDS 25  /* the first label of the second layer */
#define CLUES 72    /* rows a character looks up, at most */
#define KINDS 7     /* of proposals: six side by side, and the demand */
#define NAMED 8     /* what is no proposal: a name that the city's list of place names holds; 7 is an ending of places */
#define SURNAME 9   /* nor is this: a character that is a surname */
#define PARTS 4     /* where a character stands in its clause: it begins it, is within, ends it, or parts it from the next */

typedef struct {
    int32_t length;            /* characters */
    const uint32_t *codes;     /* code points */
    int32_t words;
    const int32_t *ends;       /* where each word of the tokeniser ends */
    const uint32_t *sorts;     /* what sort of word each is, four characters in one number */
    const uint8_t *known;      /* is it in the dictionary */
    int32_t spans;
    const int32_t *proposed;   /* what the rules propose: start, end, kind; behind the last kind an ending of places, a listed name, a surname */
    int32_t heard;             /* whether the rules are listened to */
} Text;

#if defined _WIN32
#define OFFERED __declspec(dllexport)
#else
#define OFFERED __attribute__((visibility("default")))
#endif

/* Of each character its clause, by what stands there, and its place in it; whether there is a wish at all. Looks two codes beyond the end. */
int read_clauses(int32_t length, const uint32_t *codes, uint8_t *clause, uint8_t *stands);

/* Of each character how far back of its clause a wish was, and whether its sentence counts what it says; 0 where nothing parts sentences. */
void read_wishes(int32_t length, const uint32_t *codes, const uint8_t *clause, const uint8_t *stands, uint8_t *wish);

/* 1 beyond the text, 2 a digit, 3 a letter, 4 a sign, 5 a numeral, 6 any other character. */
int sort_of(uint32_t code);

/* Which rows of weights speak for each character; `rows` has room for CLUES a character. 0, or -1 without memory. */
int find_clues(const Text *text, uint32_t mask, uint32_t *rows);

/* The best labels under the weights. `room` holds 2 * length * WIDTH numbers. */
void decide(int32_t length, const int32_t *says, const int32_t *steps, int32_t *room, uint8_t *labels);
