#ifndef DECIDING_H
#define DECIDING_H

#include "scoring.h"

#define NAMED 3

/* One direction for every third-level category, those of one parent together. */
typedef struct {
    View view;
    const float *values;
    const int32_t *features;
    const int32_t *starts;       /* of every category's direction */
    const int32_t *first_child;  /* of every parent, and one more */
    const int32_t *parent_of;    /* of every label; -1: it has no children */
    int64_t size;                /* features */
    double sharpness;
    int32_t widest;              /* children of one parent at most */
} Directions;

/* Room for one letter's numbers; `letter`, by feature, is all zeros between two letters. */
typedef struct {
    float *values, *letter;
    double *norms, *shares;
} Deepening;

/* Returns whether there was memory; to be let go of either way. */
int deepening_ready(Deepening *room, const Directions *own, const Reading *reading);
void deepening_free(Deepening *room);

/* The likeliest classes, best first, of equals the first; -1 where there are too few. */
void best_of_row(const double *chances, int64_t classes, int64_t count, int32_t *best);

/* The three deepest categories of a letter, best first, and how many there are; -1 - label stands for a label without
   children. `labels` and `chances`: its parents, best first. */
int32_t deepest_of(
    const Directions *own, const Reading *reading, int64_t number, const int32_t *labels, const double *chances,
    int64_t parents, int64_t looked_into, Deepening *room, int32_t *codes, double *found
);

#endif
