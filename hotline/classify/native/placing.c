/* Makes the double array that cutting.c walks: done once when the program is set up, never while it serves. */

#include "cutting.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    Node *nodes;
    int64_t size;
    int64_t first; /* nothing before it is free */
} Field;

static int grow(Field *field, int64_t needed) {
    if (needed <= field->size) {
        return 1;
    }
    int64_t size = field->size;
    while (size < needed) {
        size = size ? size * 2 : 1 << 16;
    }
    Node *nodes = realloc(field->nodes, sizeof(Node) * (size_t)size);
    if (!nodes) {
        return 0;
    }
    for (int64_t place = field->size; place < size; place++) {
        nodes[place] = (Node){-1, -1, 1};
    }
    field->nodes = nodes;
    field->size = size;
    return 1;
}

/* Where all of some children, in ascending order of their codes, find a free place. */
static int64_t find_base(Field *field, const uint16_t *codes, int64_t count) {
    int64_t tried = 0;
    for (int64_t place = field->first > codes[0] ? field->first : codes[0];; place++) {
        if (!grow(field, place + LAST_CODED + 2)) {
            return -1;
        }
        if (field->nodes[place].parent >= 0) {
            continue;
        }
        int64_t base = place - codes[0], free_ones = 1;
        while (free_ones < count && field->nodes[base + codes[free_ones]].parent < 0) {
            free_ones++;
        }
        if (free_ones == count) {
            return base;
        }
        if (++tried > 4096) { /* what is free here is too scattered to be worth looking at again */
            field->first = place;
            tried = 0;
        }
    }
}

/* `firsts[n] … firsts[n + 1]` are the children of node n, all nodes by depth, the root first; `says` is theirs.
   The array is made here and has to be let go of with `let_go`. */
EXPORT Node *place_nodes(
    int64_t count, const int64_t *firsts, const uint16_t *codes, const double *says, int64_t *size
) {
    Field field = {NULL, 0, 1};
    int64_t *places = malloc(sizeof(int64_t) * (size_t)count);
    int64_t last = 0;
    if (!places || !grow(&field, LAST_CODED + 2)) {
        free(places);
        return NULL;
    }
    places[0] = 0;
    field.nodes[0].parent = 0;
    for (int64_t node = 0; node < count; node++) {
        int64_t begin = firsts[node], own = firsts[node + 1] - begin;
        if (!own) {
            continue;
        }
        while (field.first < field.size && field.nodes[field.first].parent >= 0) {
            field.first++;
        }
        int64_t base = find_base(&field, codes + begin, own);
        if (base < 0) {
            free(places);
            free(field.nodes);
            return NULL;
        }
        field.nodes[places[node]].base = (int32_t)base;
        for (int64_t child = begin; child < begin + own; child++) {
            int64_t place = base + codes[child];
            places[child] = place;
            field.nodes[place].parent = (int32_t)places[node];
            field.nodes[place].say = says[child];
            last = place > last ? place : last;
        }
    }
    free(places);
    *size = last + 1;
    return field.nodes;
}

EXPORT void let_go(void *memory) {
    free(memory);
}
