/* The labels of a text under given weights. */
#include "marking.h"
#include <stdlib.h>
#include <string.h>

#define NEVER (-(1 << 29))

/* Labels of a layer: its first is outside; then of each kind begins, within, ends, alone. */
static int closes(int label) { return label == 0 || (label - 1) % 4 >= 2; }

static void layer(int32_t n, const int32_t *says, const int32_t *steps, int first, int many, int32_t *room, uint8_t *labels) {
    int32_t *best = room, *from = room + (size_t)n * WIDTH;
    int closing[WIDTH], closings = 0;
    for (int l = 0; l < many; l++)
        if (closes(l)) closing[closings++] = l;
    for (int32_t i = 0; i < n; i++) {
        const int32_t *said = says + (size_t)i * WIDTH + first;
        int32_t *now = best + (size_t)i * WIDTH, *came = from + (size_t)i * WIDTH;
        const int32_t *was = now - WIDTH;
        for (int l = 0; l < many; l++) {
            int within = l && ((l - 1) % 4 == 1 || (l - 1) % 4 == 2);
            int32_t top = NEVER * 2, origin = 0;
            if (i == 0) {
                top = within ? NEVER : 0;
            } else if (within) {
                int begins = l - (l - 1) % 4;
                for (int p = begins; p <= begins + 1; p++) {
                    int32_t sum = was[p] + steps[(first + p) * WIDTH + first + l];
                    if (sum > top) top = sum, origin = p;
                }
            } else {
                const int32_t *into = steps + first + l;
                for (int k = 0; k < closings; k++) {
                    int32_t sum = was[closing[k]] + into[(first + closing[k]) * WIDTH];
                    origin = sum > top ? closing[k] : origin;
                    top = sum > top ? sum : top;
                }
            }
            now[l] = top + said[l];
            came[l] = origin;
        }
    }
    int at = 0;
    const int32_t *last = best + (size_t)(n - 1) * WIDTH;
    for (int k = 0; k < closings; k++)
        if (last[closing[k]] > last[at]) at = closing[k];
    for (int32_t i = n - 1; i >= 0; i--) {
        labels[i] = (uint8_t)(first + at);
        at = from[(size_t)i * WIDTH + at];
    }
}

void decide(int32_t n, const int32_t *says, const int32_t *steps, int32_t *room, uint8_t *labels) {
    layer(n, says, steps, 0, DEMANDS, room, labels);
    layer(n, says, steps, DEMANDS, LABELS - DEMANDS, room, labels + n);
}

/* Labels of both layers, one after the other. The weights are rows of WIDTH, behind them WIDTH rows of steps. 0, or -1 without memory. */
OFFERED int mark(const Text *text, const int16_t *weights, uint32_t mask, uint8_t *labels) {
    int32_t n = text->length;
    if (n <= 0) return 0;
    uint32_t *rows = malloc((size_t)n * CLUES * sizeof *rows);
    int32_t *says = calloc((size_t)n * WIDTH * 3 + WIDTH * WIDTH, sizeof *says);
    if (!rows || !says) return free(rows), free(says), -1;
    int32_t *steps = says + (size_t)n * WIDTH * 3;
    if (find_clues(text, mask, rows)) return free(rows), free(says), -1;
    for (int i = 0; i < WIDTH * WIDTH; i++) steps[i] = weights[((size_t)mask + 1) * WIDTH + i];
    for (int32_t i = 0; i < n; i++) {
        int32_t sum[WIDTH] = {0};
        for (const uint32_t *row = rows + (size_t)i * CLUES, *end = row + CLUES; row < end && *row != UINT32_MAX; row++)
            for (int l = 0; l < WIDTH; l++) sum[l] += weights[(size_t)*row * WIDTH + l];
        memcpy(says + (size_t)i * WIDTH, sum, sizeof sum);
    }
    decide(n, says, steps, says + (size_t)n * WIDTH, labels);
    free(rows);
    free(says);
    return 0;
}

