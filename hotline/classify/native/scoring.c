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

/* One row of scores, or of chances, for each letter. Returns whether there was memory. */
EXPORT int32_t score_letters(const Model *own, const Reading *reading, int32_t calibrated, double *scores) {
    int64_t most = 1, known = own->neighbours.count;
    for (int64_t letter = 0; letter < reading->count; letter++) {
        int64_t count = reading->feature_starts[letter + 1] - reading->feature_starts[letter];
        most = count > most ? count : most;
    }
    float *values = malloc(sizeof(float) * (size_t)most);
    int32_t *rows = malloc(sizeof(int32_t) * (size_t)most);
    float *sums = malloc(sizeof(float) * (size_t)own->classes);
    double *numbers = malloc(sizeof(double) * (size_t)(own->view.slots + own->classes + known + 1));
    int32_t sound = values && rows && sums && numbers;
    for (int64_t letter = 0; sound && letter < reading->count; letter++, scores += own->classes) {
        int64_t first = reading->feature_starts[letter], all = reading->feature_starts[letter + 1] - first, count = 0;
        weigh(&own->view, reading, letter, values, numbers);
        for (int64_t at = 0; at < all; at++) {
            if (values[at] > 0) {
                rows[count] = cell_of(&own->view, reading->ids[first + at]).row;
                values[count++] = values[at];
            }
        }
        memset(sums, 0, sizeof(float) * (size_t)own->classes);
        add_rows(own, rows, values, count, sums);
        for (int64_t one = 0; one < own->classes; one++) {
            scores[one] = sums[one] + own->bias[one];
        }
        if (known) {
            int64_t words = 0;
            for (int64_t at = 0; at < count; at++) {
                if (rows[at] < own->neighbours.words) {
                    rows[words] = rows[at];
                    values[words++] = values[at];
                }
            }
            double *share = numbers + own->view.slots;
            add_votes(&own->neighbours, rows, values, words, own->classes, share + own->classes, share, scores);
        }
        if (calibrated) {
            calibrate(own, scores);
        }
    }
    free(values);
    free(rows);
    free(sums);
    free(numbers);
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
