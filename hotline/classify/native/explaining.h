#ifndef EXPLAINING_H
#define EXPLAINING_H

#include "map.h"
#include "scoring.h"

/* Room for the words behind one letter's label after another. */
typedef struct {
    const Model *model;
    const Reading *reading;
    Map by_feature, by_run;
    uint64_t standing; /* bits of the words that stand in the title */
    float *pulls; /* of the features, then of the runs */
    double *sums; /* of the runs of one length, up to each character */
    double *totals;
} Explainer;

/* Returns whether there was memory; to be let go of either way. */
int explainer_ready(Explainer *at, const Model *model, const Reading *reading);
void explainer_free(Explainer *at);

/* The words that speak most for a label, by what the model's features are worth in the letter: where each begins, its length
   and its weight. Returns how many; -1 where there was no memory. */
int32_t explain_letter(
    Explainer *at, int64_t letter, int64_t label, const float *values, int32_t shown, int32_t *begins,
    int32_t *lengths, double *weights
);

#endif
