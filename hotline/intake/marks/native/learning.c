/* The weights that marked texts teach: those under which the marked labels are likeliest (a conditional random field), by steps down the
   slope, text by text, each weight at its own pace (AdaGrad). Only arithmetic, no library's exp: every machine learns alike. */
#include "marking.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PACE 0.2f
#define DECAY 0.0002f
#define DEAF 10 /* of a hundred clues, those not heard */
#define SURE 0.0005f /* less of a slope is none */

typedef struct {
    float *weights, *seen;
    uint64_t chance;
} Taught;

static float power(float x) { /* e to the x, to seven places */
    if (x < -80) return 0;
    if (x > 80) x = 80;
    float whole = (float)(int)(x * 1.44269504f + (x < 0 ? -0.5f : 0.5f)), rest = x - whole * 0.693145752f - whole * 1.42860677e-6f;
    float sum = 1 + rest * (1 + rest * (0.5f + rest * (0.16666667f + rest * (0.041666668f + rest * (0.008333334f + rest * 0.0013888889f)))));
    union { int32_t bits; float value; } two = {((int32_t)whole + 127) << 23};
    return sum * two.value;
}

static uint32_t chosen(Taught *taught) {
    taught->chance = taught->chance * 6364136223846793005ull + 1442695040888963407ull;
    return (uint32_t)(taught->chance >> 33);
}

static void push(Taught *taught, size_t weight, float slope) {
    slope -= DECAY * taught->weights[weight];
    taught->seen[weight] += slope * slope;
    taught->weights[weight] += PACE * slope / sqrtf(taught->seen[weight] + 1e-6f);
}

static int may_follow(int before, int label) {
    int within = label && ((label - 1) % 4 == 1 || (label - 1) % 4 == 2);
    if (within) return before && (before - 1) / 4 == (label - 1) / 4 && (before - 1) % 4 < 2;
    return before == 0 || (before - 1) % 4 >= 2;
}

/* The slope of one layer: marked labels less the likelihood of each, into `says`. */
static void slope(Taught *taught, size_t steps, int first, int many, int32_t n, float *says, float *ahead, float *back, const uint8_t *marked) {
    float go[WIDTH][WIDTH], turned[WIDTH][WIDTH], gone[WIDTH][WIDTH] = {{0}};
    for (int p = 0; p < many; p++)
        for (int l = 0; l < many; l++)
            turned[l][p] = go[p][l] = may_follow(p, l) ? power(taught->weights[steps + (size_t)(first + p) * WIDTH + first + l]) : 0;
    for (int32_t i = 0; i < n; i++) {
        float *said = says + (size_t)i * WIDTH + first, *now = ahead + (size_t)i * WIDTH, top = said[0], sum = 0;
        for (int l = 1; l < many; l++) top = said[l] > top ? said[l] : top;
        for (int l = 0; l < many; l++) said[l] = power(said[l] - top);
        float from[WIDTH] = {0}; /* summed for all labels side by side */
        for (int l = 0; i == 0 && l < many; l++) from[l] = l == 0 || (l - 1) % 4 == 0 || (l - 1) % 4 == 3;
        for (int p = 0; i && p < many; p++)
            for (int l = 0; l < many; l++) from[l] += now[p - WIDTH] * go[p][l];
        for (int l = 0; l < many; l++) sum += now[l] = from[l] * said[l] + 1e-30f;
        for (int l = 0; l < many; l++) now[l] /= sum;
    }
    for (int32_t i = n - 1; i >= 0; i--) {
        float *now = back + (size_t)i * WIDTH, sum = 0;
        const float *next = now + WIDTH, *said = says + (size_t)(i + 1) * WIDTH + first;
        float to[WIDTH] = {0};
        for (int p = 0; i == n - 1 && p < many; p++) to[p] = p == 0 || (p - 1) % 4 >= 2;
        for (int l = 0; i < n - 1 && l < many; l++)
            for (int p = 0; p < many; p++) to[p] += turned[l][p] * said[l] * next[l];
        for (int p = 0; p < many; p++) sum += now[p] = to[p] + 1e-30f;
        for (int p = 0; p < many; p++) now[p] /= sum;
    }
    for (int32_t i = 1; i < n; i++) {
        const float *was = ahead + (size_t)(i - 1) * WIDTH, *said = says + (size_t)i * WIDTH + first, *next = back + (size_t)i * WIDTH;
        float sums[WIDTH] = {0}, sum = 0;
        for (int p = 0; p < many; p++)
            for (int l = 0; l < many; l++) sums[l] += was[p] * go[p][l] * said[l] * next[l];
        for (int l = 0; l < many; l++) sum += sums[l];
        if (sum <= 0) continue;
        for (int p = 0; p < many; p++)
            for (int l = 0; l < many; l++) gone[p][l] -= was[p] * go[p][l] * said[l] * next[l] / sum;
        gone[marked[i - 1] - first][marked[i] - first] += 1;
    }
    for (int32_t i = 0; i < n; i++) {
        float *said = says + (size_t)i * WIDTH + first, sum = 0;
        for (int l = 0; l < many; l++) sum += said[l] = ahead[(size_t)i * WIDTH + l] * back[(size_t)i * WIDTH + l];
        for (int l = 0; l < many; l++) said[l] = (l == marked[i] - first) - said[l] / sum;
    }
    for (int p = 0; p < many; p++)
        for (int l = 0; l < many; l++)
            if (gone[p][l] > SURE || gone[p][l] < -SURE) push(taught, steps + (size_t)(first + p) * WIDTH + first + l, gone[p][l]);
}

static void teach(Taught *taught, size_t steps, int32_t n, const uint32_t *rows, uint32_t *heard, const uint8_t *marked, float *says) {
    float *ahead = says + (size_t)n * WIDTH, *back = ahead + (size_t)n * WIDTH;
    memset(says, 0, (size_t)n * WIDTH * sizeof *says);
    for (int32_t i = 0; i < n; i++) {
        float *said = says + (size_t)i * WIDTH;
        const uint32_t *row = rows + (size_t)i * CLUES;
        uint32_t *kept = heard + (size_t)i * CLUES, *end = kept + CLUES;
        for (int k = 0; k < CLUES && row[k] != UINT32_MAX; k++) {
            if (chosen(taught) % 100 < DEAF) continue; /* now and then a clue is not heard, that none is leant on alone */
            *kept++ = row[k];
            for (int l = 0; l < WIDTH; l++) said[l] += taught->weights[(size_t)row[k] * WIDTH + l];
        }
        if (kept < end) *kept = UINT32_MAX;
    }
    slope(taught, steps, 0, DEMANDS, n, says, ahead, back, marked);
    slope(taught, steps, DEMANDS, LABELS - DEMANDS, n, says, ahead, back, marked + n);
    for (int32_t i = 0; i < n; i++) {
        const float *said = says + (size_t)i * WIDTH;
        int labels[LABELS], many = 0;
        for (int l = 0; l < LABELS; l++)
            if (said[l] > SURE || said[l] < -SURE) labels[many++] = l;
        if (!many) continue;
        for (const uint32_t *row = heard + (size_t)i * CLUES, *end = row + CLUES; row < end && *row != UINT32_MAX; row++)
            for (int k = 0; k < many; k++) push(taught, (size_t)*row * WIDTH + labels[k], said[labels[k]]);
    }
}

/* Weights from marked texts, taken again and again in an order of chance that `course` decides. `marked` holds the labels of
   both layers of each text in turn. 0, or -1 without memory. */
OFFERED int learn(int32_t texts, const Text *given, const uint8_t *marked, uint32_t mask, int32_t rounds, int32_t course, int16_t *weights) {
    size_t all = ((size_t)mask + 1 + WIDTH) * WIDTH, steps = ((size_t)mask + 1) * WIDTH, characters = 0, longest = 1;
    for (int32_t t = 0; t < texts; t++) {
        characters += (size_t)given[t].length;
        if ((size_t)given[t].length > longest) longest = (size_t)given[t].length;
    }
    Taught taught = {calloc(all, sizeof(float)), calloc(all, sizeof(float)), 20261123u + (uint64_t)course};
    uint32_t *rows = malloc((characters + 1) * CLUES * sizeof *rows), *heard = malloc(longest * CLUES * sizeof *heard);
    size_t *begins = malloc(((size_t)texts + 1) * sizeof *begins);
    int32_t *order = malloc(((size_t)texts + 1) * sizeof *order);
    float *says = malloc(longest * WIDTH * 3 * sizeof *says), *mean = calloc(all, sizeof *mean);
    int done = taught.weights && taught.seen && rows && heard && begins && order && says && mean ? 0 : -1;
    if (!done) {
        size_t at = 0;
        for (int32_t t = 0; t < texts; t++) {
            begins[t] = at;
            order[t] = t;
            if (find_clues(given + t, mask, rows + at * CLUES)) done = -1;
            at += (size_t)given[t].length;
        }
        for (int32_t round = 0; round < rounds && !done; round++) {
            for (int32_t t = texts - 1; t > 0; t--) {
                int32_t other = (int32_t)(chosen(&taught) % (uint32_t)(t + 1)), kept = order[t];
                order[t] = order[other];
                order[other] = kept;
            }
            for (int32_t t = 0; t < texts; t++) {
                int32_t one = order[t];
                if (given[one].length > 0)
                    teach(&taught, steps, given[one].length, rows + begins[one] * CLUES, heard, marked + 2 * begins[one], says);
            }
            for (size_t i = 0; i < all && round >= rounds / 2; i++) mean[i] += taught.weights[i];
        }
        float most = 1e-6f;
        for (size_t i = 0; i < all; i++) most = fabsf(mean[i]) > most ? fabsf(mean[i]) : most;
        for (size_t i = 0; i < all; i++) weights[i] = (int16_t)(mean[i] / most * 32000);
    }
    free(taught.weights);
    free(taught.seen);
    free(rows);
    free(heard);
    free(begins);
    free(order);
    free(says);
    free(mean);
    return done;
}
