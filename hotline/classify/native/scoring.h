#ifndef SCORING_H
#define SCORING_H

#include "reading.h"

/* What a shared feature is to one model. */
typedef struct {
    float idf; /* 0: it does not know it */
    int32_t row;
} Cell;

/* What the shared features are to one model. */
typedef struct {
    const Cell *cells; /* of one feature for all models side by side, so that one look brings them all */
    const double *weights; /* by slot */
    int32_t stride, slots;
} View;

static inline Cell cell_of(const View *view, int32_t feature) {
    return view->cells[(int64_t)feature * view->stride];
}

/* For every word of a model's first block the known letters that have it. */
typedef struct {
    const int64_t *starts;
    const int32_t *letters;
    const float *values;
    const int32_t *labels;
    int64_t words, count; /* words listed, letters known */
    double weight;
} Neighbours;

typedef struct {
    View view;
    const float *weights; /* a row for every feature of its own */
    const float *bias;
    const float *averages; /* of every row */
    const double *slope, *offset;
    double sharpness;
    int64_t classes;
    Neighbours neighbours;
} Model;

/* Room for one letter's numbers, used for one letter after another. */
typedef struct {
    float *values; /* of all features of the letter, as a model weighs them; 0: it does not know it */
    float *kept;   /* of those that it knows */
    int32_t *rows;
    float *sums;   /* by class */
    double *norms; /* by slot */
    double *share; /* by class */
    double *near;  /* by known letter */
} Scratch;

/* Returns whether there was memory; to be let go of either way. */
int scratch_ready(Scratch *own, const Reading *reading, int64_t slots, int64_t classes, int64_t known);
void scratch_free(Scratch *own);

/* One letter's scores, or its chances. What each feature is worth to the model stays in the scratch's values. */
void score_letter(
    const Model *own, const Reading *reading, int64_t letter, int32_t calibrated, Scratch *scratch, double *scores
);

/* The features' (1 + ln tf) · idf, each block scaled to its weight. */
void weigh(const View *view, const Reading *reading, int64_t letter, float *values, double *norms);

/* Adds the say of the nearest known letters. `near`: room for one number a known letter. */
void add_votes(
    const Neighbours *own, const int32_t *words, const float *values, int64_t count, int64_t classes, double *near,
    double *share, double *scores
);

#endif
