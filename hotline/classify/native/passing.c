/* One pass of a linear machine's training over letters that fit in memory: dual coordinate descent for the squared hinge
   (Hsieh et al. 2008), all classes at once, each against the rest. Where letters do not fit they come piece by piece
   (Yu et al. 2010): what each letter pulls (`pulls`) is kept, so that the next pass goes on where this one stopped. */

#include "cutting.h"

#include <stdint.h>

#define MOST_CLASSES 4096

typedef struct {
    const int64_t *starts;
    const int32_t *features;
    const float *values;
    const int32_t *labels;
    const double *weight; /* of each letter */
    const double *up, *down; /* by class: what a mistake costs on a letter of the class, and on any other */
    int64_t classes, size; /* features; the row behind them is the bias */
} Lesson;

/* `order`: the letters in the order they are looked at. `widest`: by class how far the farthest letters were from content,
   upward and downward. Returns how many pulls were changed. */
EXPORT int64_t pass_over(
    const Lesson *lesson, const int64_t *order, int64_t count, double *weights, double *pulls, double *widest
) {
    double scores[MOST_CLASSES], steps[MOST_CLASSES];
    int64_t classes = lesson->classes, changed = 0;
    if (classes > MOST_CLASSES) {
        return -1;
    }
    double *bias = weights + lesson->size * classes;
    for (int64_t at = 0; at < count; at++) {
        int64_t letter = order[at];
        int64_t begin = lesson->starts[letter], end = lesson->starts[letter + 1];
        double length = 1;
        for (int64_t one = 0; one < classes; one++) {
            scores[one] = bias[one];
        }
        for (int64_t place = begin; place < end; place++) {
            double value = lesson->values[place];
            const double *row = weights + (int64_t)lesson->features[place] * classes;
            length += value * value;
            for (int64_t one = 0; one < classes; one++) {
                scores[one] += value * row[one];
            }
        }
        int moved = 0;
        for (int64_t one = 0; one < classes; one++) {
            double *pull = pulls + letter * classes + one;
            int own = lesson->labels[letter] == one;
            double side = own ? 1 : -1;
            double slack = 0.5 / ((own ? lesson->up[one] : lesson->down[one]) * lesson->weight[letter]);
            double slope = side * scores[one] - 1 + *pull * slack;
            double step = 0;
            if (*pull > 0 || slope < 0) {
                widest[2 * one] = slope > widest[2 * one] ? slope : widest[2 * one];
                widest[2 * one + 1] = slope < widest[2 * one + 1] ? slope : widest[2 * one + 1];
                double after = *pull - slope / (length + slack);
                after = after > 0 ? after : 0;
                step = (after - *pull) * side;
                *pull = after;
            }
            steps[one] = step;
            moved |= step != 0;
            changed += step != 0;
        }
        if (!moved) {
            continue;
        }
        for (int64_t one = 0; one < classes; one++) {
            bias[one] += steps[one];
        }
        for (int64_t place = begin; place < end; place++) {
            double value = lesson->values[place];
            double *row = weights + (int64_t)lesson->features[place] * classes;
            for (int64_t one = 0; one < classes; one++) {
                row[one] += value * steps[one];
            }
        }
    }
    return changed;
}
