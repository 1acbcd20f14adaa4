/* From features to scores and calibrated chances; every letter by itself, so that company changes no answer. */

#include "scoring.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define AHEAD 6 /* rows asked of the memory before they are needed */
#define LINE 16 /* numbers in one line of the processor's cache */

void weigh(const View *view, const Reading *reading, int64_t letter, float *values, double *norms) {
    int64_t first = reading->feature_starts[letter], count = reading->feature_starts[letter + 1] - first;
    const int32_t *ids = reading->ids + first, *slots = reading->slots + first;
    memset(norms, 0, sizeof(double) * (size_t)view->slots);
    for (int64_t at = 0; at < count; at++) {
        float value = reading->often[first + at] * cell_of(view, ids[at]).idf;
        values[at] = value;
        norms[slots[at]] += (double)value * value;
    }
    for (int32_t slot = 0; slot < view->slots; slot++) {
        double norm = sqrt(norms[slot]);
        norms[slot] = view->weights[slot] / (norm > 1e-30 ? norm : 1e-30);
    }
    for (int64_t at = 0; at < count; at++) {
        values[at] *= (float)norms[slots[at]];
    }
}

static void add_row(float *restrict sums, const float *restrict row, float value, int64_t classes) {
    for (int64_t one = 0; one < classes; one++) {
        sums[one] += value * row[one];
    }
}

static void add_rows(const Model *own, const int32_t *rows, const float *values, int64_t count, float *sums) {
    int64_t classes = own->classes;
    for (int64_t at = 0; at < count; at++) {
        if (at + AHEAD < count) {
            const float *next = own->weights + (int64_t)rows[at + AHEAD] * classes;
            for (int64_t line = 0; line < classes; line += LINE) {
                __builtin_prefetch(next + line);
            }
        }
        add_row(sums, own->weights + (int64_t)rows[at] * classes, values[at], classes);
    }
}

/* Per class a sigmoid over its score, one exponent over all of them, and together they are one. */
static void calibrate(const Model *own, double *scores) {
    double most = -INFINITY, total = 0;
    for (int64_t one = 0; one < own->classes; one++) {
        double score = -(scores[one] * own->slope[one] + own->offset[one]);
        double surprise = score > 0 ? score + log1p(exp(-score)) : log1p(exp(score));
        scores[one] = own->sharpness * -surprise;
        most = scores[one] > most ? scores[one] : most;
    }
    for (int64_t one = 0; one < own->classes; one++) {
        total += scores[one] = exp(scores[one] - most);
    }
    for (int64_t one = 0; one < own->classes; one++) {
        scores[one] /= total;
    }
}

int scratch_ready(Scratch *own, const Reading *reading, int64_t slots, int64_t classes, int64_t known) {
    int64_t most = 1;
    for (int64_t letter = 0; letter < reading->count; letter++) {
        int64_t count = reading->feature_starts[letter + 1] - reading->feature_starts[letter];
        most = count > most ? count : most;
    }
    own->values = malloc(sizeof(float) * (size_t)most);
    own->kept = malloc(sizeof(float) * (size_t)most);
    own->rows = malloc(sizeof(int32_t) * (size_t)most);
    own->sums = malloc(sizeof(float) * (size_t)(classes + 1));
    own->norms = malloc(sizeof(double) * (size_t)(slots + 1));
    own->share = malloc(sizeof(double) * (size_t)(classes + 1));
    own->near = malloc(sizeof(double) * (size_t)(known + 1));
    return own->values && own->kept && own->rows && own->sums && own->norms && own->share && own->near;
}

void scratch_free(Scratch *own) {
    free(own->values);
    free(own->kept);
    free(own->rows);
    free(own->sums);
    free(own->norms);
    free(own->share);
    free(own->near);
}

void score_letter(
    const Model *own, const Reading *reading, int64_t letter, int32_t calibrated, Scratch *scratch, double *scores
) {
    int64_t first = reading->feature_starts[letter], all = reading->feature_starts[letter + 1] - first, count = 0;
    int32_t *rows = scratch->rows;
    float *kept = scratch->kept;
    weigh(&own->view, reading, letter, scratch->values, scratch->norms);
    for (int64_t at = 0; at < all; at++) {
        if (scratch->values[at] > 0) {
            rows[count] = cell_of(&own->view, reading->ids[first + at]).row;
            kept[count++] = scratch->values[at];
        }
    }
    memset(scratch->sums, 0, sizeof(float) * (size_t)own->classes);
    add_rows(own, rows, kept, count, scratch->sums);
    for (int64_t one = 0; one < own->classes; one++) {
        scores[one] = scratch->sums[one] + own->bias[one];
    }
    if (own->neighbours.count) {
        int64_t words = 0;
        for (int64_t at = 0; at < count; at++) {
            if (rows[at] < own->neighbours.words) {
                rows[words] = rows[at];
                kept[words++] = kept[at];
            }
        }
        add_votes(&own->neighbours, rows, kept, words, own->classes, scratch->near, scratch->share, scores);
    }
    if (calibrated) {
        calibrate(own, scores);
    }
}

/* One row of scores, or of chances, for each letter. Returns whether there was memory. */
EXPORT int32_t score_letters(const Model *own, const Reading *reading, int32_t calibrated, double *scores) {
    Scratch scratch;
    int32_t sound = scratch_ready(&scratch, reading, own->view.slots, own->classes, own->neighbours.count);
    for (int64_t letter = 0; sound && letter < reading->count; letter++, scores += own->classes) {
        score_letter(own, reading, letter, calibrated, &scratch, scores);
    }
    scratch_free(&scratch);
    return sound;
}

/* The model's own rows and their values, as every other function here sees them; without room only how many. */
EXPORT int64_t rows_of(const View *view, const Reading *reading, int64_t letter, int32_t *rows, float *values) {
    int64_t first = reading->feature_starts[letter], count = reading->feature_starts[letter + 1] - first;
    double *norms = values ? malloc(sizeof(double) * (size_t)(view->slots + 1)) : NULL;
    if (!norms) {
        return values ? -1 : count;
    }
    weigh(view, reading, letter, values, norms);
    for (int64_t at = 0; at < count; at++) {
        rows[at] = cell_of(view, reading->ids[first + at]).row;
    }
    free(norms);
    return count;
}
