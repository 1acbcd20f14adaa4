/* The words that speak for a label: each has its own weight and that of the runs of characters inside it. */

#include "explaining.h"

/* What each feature of the letter adds to the label beyond what it adds to all labels on average. */
static int find_pulls(Explainer *at, int64_t letter, int64_t label, const float *values) {
    const Model *model = at->model;
    const Reading *reading = at->reading;
    int64_t first = reading->feature_starts[letter], count = reading->feature_starts[letter + 1] - first, runs = 0;
    if (!map_ready(&at->by_feature, count) || !map_ready(&at->by_run, count)) {
        return 0;
    }
    float *of_runs = at->pulls + count;
    for (int64_t one = 0; one < count; one++) {
        if (values[one] == 0) {
            continue;
        }
        int32_t id = reading->ids[first + one], run = reading->lexicon->run_of[id];
        int64_t row = cell_of(&model->view, id).row;
        float pull = values[one] * (model->weights[row * model->classes + label] - model->averages[row]);
        if (run < 0) {
            at->pulls[one] = pull;
            *map_find(&at->by_feature, id) = (Pair){id, (int32_t)one};
            continue;
        }
        Pair *pair = map_find(&at->by_run, run); /* a run may be in the text, in its beginning and in the title */
        if (pair->key < 0) {
            *pair = (Pair){run, (int32_t)runs};
            of_runs[runs++] = 0;
        }
        of_runs[pair->value] += pull;
    }
    return 1;
}

static double pull_of(const Map *map, const float *pulls, int32_t key) {
    const Pair *pair = map_find(map, key);
    return pair->key < 0 ? 0 : pulls[pair->value];
}

/* What the runs of two and more characters inside each word say. */
static void add_inside(Explainer *at, int64_t letter, const Token *tokens, int64_t count, const float *of_runs) {
    const Reading *reading = at->reading;
    int64_t start = reading->text_starts[letter], size = reading->text_starts[letter + 1] - start;
    for (int32_t length = 2; length <= REACH; length++) {
        const int32_t *places = reading->places + (length - 2) * reading->text_size + start;
        double sum = at->sums[0] = 0;
        for (int64_t place = 0; place < size; place++) {
            if (places[place] >= 0) {
                sum += pull_of(&at->by_run, of_runs, places[place]);
            }
            at->sums[place + 1] = sum;
        }
        for (int64_t token = 0; token < count; token++) {
            int32_t begin = tokens[token].begin, end = begin + tokens[token].length - length + 1;
            if (end > begin) {
                at->totals[token] += at->sums[end] - at->sums[begin];
            }
        }
    }
}

static uint64_t bit_of(uint32_t hash) {
    return 1ull << (hash * 0x9E3779B1u >> 26);
}

static uint32_t hash_of(const Token *token, const uint32_t *text) {
    uint32_t hash = HASH_START;
    for (int32_t place = 0; place < token->length; place++) {
        hash = hash_more(hash, text[token->begin + place]);
    }
    return hash;
}

/* Which words may have a weight as a title's word: only those that stand there. */
static void find_standing(Explainer *at, int64_t letter, const Token *tokens, const uint32_t *text) {
    int64_t titled = at->reading->titles[letter];
    at->standing = 0;
    for (int64_t token = 0; token < titled; token++) {
        at->standing |= bit_of(hash_of(tokens + token, text));
    }
}

/* A title's words have weights of their own, which a word keeps wherever it stands. */
static void add_own(Explainer *at, const Token *token, const uint32_t *text, double *total) {
    const Lexicon *lexicon = at->reading->lexicon;
    if (token->feature >= 0) {
        *total += pull_of(&at->by_feature, at->pulls, token->feature);
    }
    uint32_t hash = hash_of(token, text);
    uint64_t bit = bit_of(hash);
    for (int32_t slot = 0; slot < lexicon->word_slot_count; slot++) {
        const WordSlot *own = lexicon->word_slots + slot;
        if (own->slot == WORDS_SLOT || (own->part == TITLE && !(at->standing & bit))) {
            continue;
        }
        int32_t feature = find_word(own, hash, text + token->begin, token->length);
        if (feature >= 0) {
            *total += pull_of(&at->by_feature, at->pulls, feature);
        }
    }
}

static int same(const uint32_t *text, const Token *one, const Token *other) {
    return one->length == other->length &&
           !memcmp(text + one->begin, text + other->begin, sizeof(uint32_t) * (size_t)one->length);
}

/* The heaviest words, each once, of equals the first; their places among the letter's tokens. */
static int32_t choose(
    const uint32_t *text, const Token *tokens, double *totals, int64_t count, int32_t shown, int32_t *chosen,
    double *weights
) {
    int32_t size = 0;
    while (size < shown) {
        int64_t best = -1;
        for (int64_t token = 0; token < count; token++) {
            if (totals[token] > 0 && (best < 0 || totals[token] > totals[best])) {
                best = token;
            }
        }
        if (best < 0) {
            break;
        }
        int known = !tokens[best].wordly;
        for (int32_t before = 0; before < size && !known; before++) {
            known = same(text, tokens + best, tokens + chosen[before]);
        }
        if (!known) {
            chosen[size] = (int32_t)best;
            weights[size++] = totals[best];
        }
        totals[best] = 0;
    }
    return size;
}

int32_t explain_letter(
    Explainer *at, int64_t letter, int64_t label, const float *values, int32_t shown, int32_t *begins,
    int32_t *lengths, double *weights
) {
    const Reading *reading = at->reading;
    if (!find_pulls(at, letter, label, values)) {
        return -1;
    }
    const Token *tokens = reading->tokens + reading->token_starts[letter];
    const uint32_t *text = reading->text + reading->text_starts[letter];
    int64_t count = reading->token_starts[letter + 1] - reading->token_starts[letter];
    find_standing(at, letter, tokens, text);
    memset(at->totals, 0, sizeof(double) * (size_t)count);
    add_inside(at, letter, tokens, count, at->pulls + (reading->feature_starts[letter + 1] - reading->feature_starts[letter]));
    for (int64_t token = 0; token < count; token++) {
        if (tokens[token].length < 2) { /* a single character says too little to be blamed on one word */
            at->totals[token] = 0;
        } else {
            add_own(at, tokens + token, text, at->totals + token);
        }
    }
    int32_t found = choose(text, tokens, at->totals, count, shown, begins, weights);
    for (int32_t one = 0; one < found; one++) {
        const Token *token = tokens + begins[one];
        lengths[one] = token->length;
        begins[one] = token->begin;
    }
    return found;
}

int explainer_ready(Explainer *at, const Model *model, const Reading *reading) {
    int64_t features = 1, characters = 1;
    for (int64_t letter = 0; letter < reading->count; letter++) {
        int64_t own = reading->feature_starts[letter + 1] - reading->feature_starts[letter];
        int64_t size = reading->text_starts[letter + 1] - reading->text_starts[letter];
        features = own > features ? own : features;
        characters = size > characters ? size : characters;
    }
    *at = (Explainer){.model = model, .reading = reading};
    at->pulls = malloc(2 * sizeof(float) * (size_t)features);
    at->sums = malloc(sizeof(double) * (size_t)(characters + 1));
    at->totals = malloc(sizeof(double) * (size_t)(characters + 1));
    return at->pulls && at->sums && at->totals;
}

void explainer_free(Explainer *at) {
    free(at->by_feature.pairs);
    free(at->by_run.pairs);
    free(at->pulls);
    free(at->sums);
    free(at->totals);
}

/* Of every letter the words that speak most for its label: where in its text each begins, its length and its weight. */
EXPORT int32_t name_words(
    const Model *model, const Reading *reading, const int32_t *labels, int32_t every, int32_t shown, int32_t *begins,
    int32_t *lengths, double *weights, int32_t *counts
) {
    Explainer at;
    Scratch scratch;
    int32_t sound = explainer_ready(&at, model, reading);
    sound = scratch_ready(&scratch, reading, model->view.slots, 0, 0) && sound;
    for (int64_t letter = 0; sound && letter < reading->count; letter++) {
        int64_t first = letter * shown;
        weigh(&model->view, reading, letter, scratch.values, scratch.norms);
        counts[letter] = explain_letter(
            &at, letter, labels[letter * every], scratch.values, shown, begins + first, lengths + first, weights + first
        );
        sound = counts[letter] >= 0;
    }
    explainer_free(&at);
    scratch_free(&scratch);
    return sound;
}
