/* What follows from the chances: the likeliest classes, and the third level below them. */

#include "deciding.h"

#include <math.h>
#include <stdlib.h>

void best_of_row(const double *chances, int64_t classes, int64_t count, int32_t *best) {
    int64_t size = 0;
    for (int64_t one = 0; one < classes; one++) {
        if (size == count && chances[one] <= chances[best[count - 1]]) {
            continue;
        }
        int64_t at = size < count ? size++ : count - 1;
        for (; at > 0 && chances[best[at - 1]] < chances[one]; at--) {
            best[at] = best[at - 1];
        }
        best[at] = (int32_t)one;
    }
    for (; size < count; size++) {
        best[size] = -1;
    }
}

/* The likeliest classes of every row. */
EXPORT void best_of(const double *chances, int64_t rows, int64_t classes, int64_t count, int32_t *best) {
    for (int64_t row = 0; row < rows; row++, chances += classes, best += count) {
        best_of_row(chances, classes, count, best);
    }
}

typedef struct {
    double chance;
    int32_t code; /* -1 - label where the label has no children */
} Named;

static int32_t put(Named *named, int32_t count, double chance, int32_t code) {
    int32_t at = count < NAMED ? count++ : NAMED;
    if (at == NAMED) {
        if (chance <= named[NAMED - 1].chance) {
            return count;
        }
        at--;
    }
    for (; at > 0 && named[at - 1].chance < chance; at--) {
        named[at] = named[at - 1];
    }
    named[at] = (Named){chance, code};
    return count;
}

/* Adds the children of one parent, its chance times their shares. */
static int32_t put_children(
    const Directions *own, int32_t parent, double chance, const float *letter, double *shares, Named *named,
    int32_t count
) {
    int32_t first = own->first_child[parent], last = own->first_child[parent + 1];
    double most = -INFINITY, total = 0;
    for (int32_t child = first; child < last; child++) {
        float near = 0;
        for (int32_t place = own->starts[child]; place < own->starts[child + 1]; place++) {
            near += own->values[place] * letter[own->features[place]];
        }
        shares[child - first] = near;
        most = near > most ? near : most;
    }
    for (int32_t child = first; child < last; child++) {
        total += shares[child - first] = exp(own->sharpness * (shares[child - first] - most));
    }
    for (int32_t child = first; child < last; child++) {
        count = put(named, count, chance * (shares[child - first] / total), child);
    }
    return count;
}

int32_t deepest_of(
    const Directions *own, const Reading *reading, int64_t number, const int32_t *labels, const double *chances,
    int64_t parents, int64_t looked_into, Deepening *room, int32_t *codes, double *found
) {
    const int32_t *ids = reading->ids + reading->feature_starts[number];
    int64_t count = reading->feature_starts[number + 1] - reading->feature_starts[number];
    float *values = room->values, *letter = room->letter;
    weigh(&own->view, reading, number, values, room->norms);
    double norm = 0;
    for (int64_t one = 0; one < count; one++) {
        norm += (double)values[one] * values[one];
    }
    float length = norm > 0 ? (float)sqrt(norm) : 1.0f;
    for (int64_t one = 0; one < count; one++) {
        if (values[one] != 0) {
            letter[cell_of(&own->view, ids[one]).row] = values[one] / length;
        }
    }
    Named named[NAMED];
    int32_t size = 0;
    for (int64_t one = 0; one < looked_into && one < parents; one++) {
        int32_t label = labels[one];
        double chance = label < 0 ? 0 : chances[one];
        if (label < 0 || (size == NAMED && named[NAMED - 1].chance >= chance)) {
            break; /* no child is likelier than its parent */
        }
        int32_t parent = own->parent_of[label];
        size = parent < 0 ? put(named, size, chance, -1 - label)
                          : put_children(own, parent, chance, letter, room->shares, named, size);
    }
    for (int64_t one = 0; one < count; one++) {
        if (values[one] != 0) {
            letter[cell_of(&own->view, ids[one]).row] = 0;
        }
    }
    for (int32_t one = 0; one < size; one++) {
        codes[one] = named[one].code;
        found[one] = named[one].chance;
    }
    return size;
}

int deepening_ready(Deepening *room, const Directions *own, const Reading *reading) {
    int64_t most = 1;
    for (int64_t at = 0; at < reading->count; at++) {
        int64_t count = reading->feature_starts[at + 1] - reading->feature_starts[at];
        most = count > most ? count : most;
    }
    room->values = malloc(sizeof(float) * (size_t)most);
    room->letter = calloc((size_t)own->size + 1, sizeof(float));
    room->norms = malloc(sizeof(double) * (size_t)(own->view.slots + 1));
    room->shares = malloc(sizeof(double) * (size_t)(own->widest + 1));
    return room->values && room->letter && room->norms && room->shares;
}

void deepening_free(Deepening *room) {
    free(room->values);
    free(room->letter);
    free(room->norms);
    free(room->shares);
}
