/* All answers to a letter, one after another while its features lie near: one call for what would be ten. */

#include "deciding.h"
#include "explaining.h"

typedef struct {
    const Model *category, *kind, *urgency;
    const Directions *third;
    int32_t areas, kinds, looked_into, shown;
} Answering;

/* Of every letter `numbers`: the likeliest areas, the likeliest kinds, three deepest categories and how many of them there
   are, where the shown words begin, their lengths, and how many; and `said`: the chances of those areas and kinds, of every
   urgency, and of those categories, and the words' weights. `foreign`: letters that are half believed at most. */
EXPORT int32_t answer_letters(
    const Answering *own, const Reading *reading, const uint8_t *foreign, int32_t *numbers, double *said
) {
    const Model *models[] = {own->category, own->kind, own->urgency};
    int64_t slots = 0, classes = 0, known = 0;
    for (int at = 0; at < 3; at++) {
        slots = models[at]->view.slots > slots ? models[at]->view.slots : slots;
        classes = models[at]->classes > classes ? models[at]->classes : classes;
        known = models[at]->neighbours.count > known ? models[at]->neighbours.count : known;
    }
    Scratch scratch;
    Deepening room;
    Explainer explainer;
    double *chances = malloc(sizeof(double) * (size_t)(classes + 1));
    int32_t sound = scratch_ready(&scratch, reading, slots, classes, known);
    sound = deepening_ready(&room, own->third, reading) && sound;
    sound = explainer_ready(&explainer, own->category, reading) && sound && chances;
    for (int64_t letter = 0; sound && letter < reading->count; letter++) {
        int32_t *best = numbers, *kinds = best + own->areas, *codes = kinds + own->kinds, *begins = codes + NAMED + 1;
        double *areas = said, *of_kinds = areas + own->areas, *urgencies = of_kinds + own->kinds;
        double *deep = urgencies + own->urgency->classes, *weights = deep + NAMED;
        score_letter(own->category, reading, letter, 1, &scratch, chances);
        if (foreign[letter]) {
            for (int64_t one = 0; one < own->category->classes; one++) {
                chances[one] = (chances[one] + 1 / (double)own->category->classes) / 2;
            }
        }
        best_of_row(chances, own->category->classes, own->areas, best);
        for (int32_t one = 0; one < own->areas; one++) {
            areas[one] = chances[best[one]];
        }
        int32_t *lengths = begins + own->shown, *count = lengths + own->shown;
        *count = explain_letter(&explainer, letter, best[0], scratch.values, own->shown, begins, lengths, weights);
        sound = *count >= 0;
        codes[NAMED] = deepest_of(own->third, reading, letter, best, areas, own->areas, own->looked_into, &room, codes, deep);
        score_letter(own->kind, reading, letter, 1, &scratch, chances);
        best_of_row(chances, own->kind->classes, own->kinds, kinds);
        for (int32_t one = 0; one < own->kinds; one++) {
            of_kinds[one] = chances[kinds[one]];
        }
        score_letter(own->urgency, reading, letter, 1, &scratch, urgencies);
        numbers = count + 1;
        said = weights + own->shown;
    }
    free(chances);
    scratch_free(&scratch);
    deepening_free(&room);
    explainer_free(&explainer);
    return sound;
}
