/* Which labels the nearest known letters bear. */

#include "scoring.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NEAREST 30
#define ALOUD 0.4 /* of the nearest one's cosine: below that only where too few are above */
#define FARTHEST 0.001
#define DOUBT 0.02 /* share every label has before a neighbour speaks for it */

typedef struct {
    double near;
    int32_t letter;
} Found;

/* How near every known letter is: one pass over the lists of the letter's words. */
static double find_near(
    const Neighbours *own, const int32_t *words, const float *values, int64_t count, double *near
) {
    double norm = 0, most = 0;
    for (int64_t at = 0; at < count; at++) {
        if (own->starts[words[at] + 1] > own->starts[words[at]]) {
            norm += (double)values[at] * values[at];
        }
    }
    norm = sqrt(norm);
    memset(near, 0, sizeof(double) * (size_t)own->count);
    if (norm == 0) {
        return 0;
    }
    for (int64_t at = 0; at < count; at++) {
        double value = values[at] / norm;
        for (int64_t place = own->starts[words[at]]; place < own->starts[words[at] + 1]; place++) {
            near[own->letters[place]] += own->values[place] * value;
        }
    }
    double mosts[4] = {0, 0, 0, 0}; /* four at a time do not wait for each other */
    for (int64_t letter = 0; letter < own->count; letter++) {
        double *one = mosts + (letter & 3);
        *one = near[letter] > *one ? near[letter] : *one;
    }
    for (int one = 0; one < 4; one++) {
        most = mosts[one] > most ? mosts[one] : most;
    }
    return most;
}

/* Those above a bar, of more than NEAREST only the nearest; of equals the first. The farthest of them comes first. */
static int64_t find_nearest(const double *near, int64_t count, double most, Found *found) {
    double bar = most * ALOUD;
    int64_t many = 0;
    for (;;) {
        many = 0;
        for (int64_t letter = 0; letter < count; letter++) {
            many += near[letter] > bar;
        }
        if (many >= NEAREST || bar <= FARTHEST) {
            break;
        }
        bar /= 2;
    }
    int64_t size = 0;
    for (int64_t letter = 0; letter < count; letter++) {
        if (near[letter] <= bar || (size == NEAREST && near[letter] <= found[0].near)) {
            continue;
        }
        int64_t at;
        if (size < NEAREST) { /* sorted, the farthest first: thirty are few */
            for (at = size++; at > 0 && found[at - 1].near >= near[letter]; at--) {
                found[at] = found[at - 1];
            }
        } else {
            for (at = 0; at + 1 < size && found[at + 1].near < near[letter]; at++) {
                found[at] = found[at + 1];
            }
        }
        found[at] = (Found){near[letter], (int32_t)letter};
    }
    return size;
}

void add_votes(
    const Neighbours *own, const int32_t *words, const float *values, int64_t count, int64_t classes, double *near,
    double *share, double *scores
) {
    Found found[NEAREST];
    double total = 0, mean = 0, most = find_near(own, words, values, count, near);
    int64_t size = find_nearest(near, own->count, most, found);
    memset(share, 0, sizeof(double) * (size_t)classes);
    for (int64_t at = 0; at < size; at++) {
        double say = found[at].near * found[at].near * found[at].near;
        share[own->labels[found[at].letter]] += say;
        total += say;
    }
    for (int64_t one = 0; one < classes; one++) {
        share[one] = log((total > 0 ? share[one] / total : share[one]) + DOUBT);
        mean += share[one];
    }
    mean /= (double)classes;
    for (int64_t one = 0; one < classes; one++) {
        scores[one] += own->weight * (share[one] - mean);
    }
}

/* The same for many letters at once, the rows of a sparse table. Returns whether there was memory. */
EXPORT int32_t votes_of(
    const Neighbours *own, int64_t rows, const int64_t *starts, const int32_t *words, const float *values,
    int64_t classes, double *votes
) {
    double *near = malloc(sizeof(double) * (size_t)(own->count + classes + 1));
    if (!near) {
        return 0;
    }
    memset(votes, 0, sizeof(double) * (size_t)(rows * classes));
    for (int64_t row = 0; row < rows; row++, votes += classes) {
        int64_t first = starts[row];
        add_votes(own, words + first, values + first, starts[row + 1] - first, classes, near, near + own->count, votes);
    }
    free(near);
    return 1;
}
