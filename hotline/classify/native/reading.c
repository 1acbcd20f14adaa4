/* Letters read once for all models: cut into words, and every feature that any model knows found and counted. */

#include "reading.h"

#include "map.h"

#include <math.h>

#define AHEAD 10 /* characters that are asked of the memory before they are needed */

typedef struct {
    Reading *reading;
    Map seen;
    int32_t *lengths; /* of the tokens of one part */
    uint32_t *phrase;
    int64_t found; /* features of all letters so far */
} At;

EXPORT void reading_free(Reading *own) {
    if (!own) {
        return;
    }
    free(own->text_starts);
    free(own->token_starts);
    free(own->titles);
    free(own->feature_starts);
    free(own->text);
    free(own->places);
    free(own->tokens);
    free(own->ids);
    free(own->times);
    free(own->often);
    free(own->slots);
    free(own);
}

static Reading *reading_new(const Lexicon *lexicon, int64_t count, int64_t characters) {
    Reading *own = calloc(1, sizeof(Reading));
    if (!own) {
        return NULL;
    }
    size_t starts = sizeof(int64_t) * (size_t)(count + 1), text = sizeof(uint32_t) * (size_t)(characters + 1);
    own->lexicon = lexicon;
    own->count = count;
    own->text_size = characters;
    own->room = 2 * characters + 64;
    own->text_starts = calloc(1, starts);
    own->token_starts = calloc(1, starts);
    own->feature_starts = calloc(1, starts);
    own->titles = calloc(1, starts);
    own->text = malloc(text);
    own->places = malloc((REACH - 1) * text);
    own->tokens = malloc(sizeof(Token) * (size_t)(characters + 1));
    own->ids = malloc(sizeof(int32_t) * (size_t)own->room);
    own->times = malloc(sizeof(int32_t) * (size_t)own->room);
    own->slots = malloc(sizeof(int32_t) * (size_t)own->room);
    if (!own->text_starts || !own->token_starts || !own->titles || !own->feature_starts || !own->text || !own->places ||
        !own->tokens || !own->ids || !own->times || !own->slots) {
        reading_free(own);
        return NULL;
    }
    return own;
}

static int widen(Reading *own) {
    int64_t room = 2 * own->room;
    int32_t **all[] = {&own->ids, &own->times, &own->slots};
    for (int at = 0; at < 3; at++) {
        int32_t *wider = realloc(*all[at], sizeof(int32_t) * (size_t)room);
        if (!wider) {
            return 0;
        }
        *all[at] = wider;
    }
    own->room = room;
    return 1;
}

/* One more occurrence of a feature. */
static inline int add(At *at, int32_t feature, int32_t slot) {
    Pair *pair = map_find(&at->seen, feature);
    if (pair->key >= 0) {
        at->reading->times[pair->value]++;
        return 1;
    }
    Reading *own = at->reading;
    if (at->found == own->room && !widen(own)) {
        return 0;
    }
    pair->key = feature;
    pair->value = (int32_t)at->found;
    own->ids[at->found] = feature;
    own->times[at->found] = 1;
    own->slots[at->found++] = slot;
    return 1;
}

/* Cuts one part of a letter; its tokens, without spaces, stand in the letter's text from `begin` on. */
static int64_t add_tokens(At *at, const uint32_t *part, int64_t length, int64_t begin, int64_t tokens) {
    Reading *own = at->reading;
    int64_t count = cut(own->lexicon->dictionary, part, length, at->lengths);
    for (int64_t token = 0; token < count; part += at->lengths[token++]) {
        int32_t size = at->lengths[token];
        if (size == 1 && *part == ' ') {
            continue;
        }
        int wordly = 0;
        for (int32_t place = 0; place < size && !wordly; place++) {
            wordly = is_wordly(own->lexicon->dictionary, part[place]);
        }
        own->tokens[tokens++] = (Token){(int32_t)begin, size, -1, wordly};
        begin += size;
    }
    return count < 0 ? -1 : tokens;
}

static uint64_t packed(uint32_t c) {
    return c >= ODD ? UNKNOWN_CHARACTER : c;
}

/* Known runs that begin in `text` and lie within it. */
static int add_runs_of(At *at, const uint32_t *text, int64_t length, int part, int32_t *places) {
    const Lexicon *lexicon = at->reading->lexicon;
    uint64_t ahead = 0; /* the run of four that ends some characters further on */
    for (int64_t here = 0; here < length; here++) {
        ahead = ahead << 16 | (here + AHEAD < length ? packed(text[here + AHEAD]) : 0);
        for (int shift = 0; shift < 48; shift += 16) {
            __builtin_prefetch(lexicon->runs + (spread(ahead >> shift) & lexicon->run_mask));
        }
        uint64_t key = 0;
        int more = 1;
        for (int64_t size = 1; size <= REACH; size++) {
            int32_t place = -1;
            if (more && here + size <= length) {
                key = key << 16 | packed(text[here + size - 1]);
                const Run *run = find_run(lexicon, key);
                more = run->key && run->more;
                place = run->key ? run->place : -1;
            } else {
                more = 0;
            }
            if (places && size > 1) {
                places[(size - 2) * at->reading->text_size + here] = place;
            }
            if (place < 0) {
                continue;
            }
            for (int32_t slot = 0; slot < lexicon->run_slot_count; slot++) {
                const RunSlot *own = lexicon->run_slots + slot;
                if (own->part == part && own->features[place] >= 0 && !add(at, own->features[place], own->slot)) {
                    return 0;
                }
            }
        }
    }
    return 1;
}

/* The words of one slot, and where it has them neighbours joined by a space. */
static int add_words_of(At *at, const WordSlot *slot, const uint32_t *text, Token *tokens, int64_t count) {
    for (int64_t begin = 0; begin < count; begin++) {
        if (!tokens[begin].wordly) {
            continue;
        }
        uint32_t hash = HASH_START;
        int64_t length = 0, joined = 0;
        for (int64_t next = begin; next < count && joined < slot->longest; next++) {
            if (!tokens[next].wordly) {
                continue;
            }
            if (length + tokens[next].length + (joined > 0) > slot->longest_key) {
                break;
            }
            if (joined) {
                hash = hash_more(hash, ' ');
                at->phrase[length++] = ' ';
            }
            for (int32_t place = 0; place < tokens[next].length; place++) {
                uint32_t c = text[tokens[next].begin + place];
                hash = hash_more(hash, c);
                at->phrase[length++] = c;
            }
            int32_t feature = find_word(slot, hash, at->phrase, length);
            if (feature >= 0 && !add(at, feature, slot->slot)) {
                return 0;
            }
            if (!joined && slot->slot == WORDS_SLOT) {
                tokens[begin].feature = feature;
            }
            joined++;
        }
    }
    return 1;
}

/* One letter: `lengths` of its title and its content, which stand one after the other in `letter`. */
static int read_letter(At *at, int64_t number, const uint32_t *letter, const int32_t *lengths) {
    Reading *own = at->reading;
    const Lexicon *lexicon = own->lexicon;
    uint32_t *text = own->text + own->text_starts[number];
    int64_t sizes[2] = {0, 0}, size = 0;
    const uint32_t *from = letter;
    for (int part = 0; part < 2; from += lengths[part++]) {
        for (int64_t place = 0; place < lengths[part]; place++) {
            if (from[place] != ' ') {
                text[size++] = from[place];
            }
        }
        sizes[part] = size;
    }
    int64_t first = own->token_starts[number];
    int64_t titled = add_tokens(at, letter, lengths[0], 0, first);
    int64_t last = titled < 0 ? -1 : add_tokens(at, letter + lengths[0], lengths[1], sizes[0], titled);
    int64_t expected = (size + sizes[0]) * REACH * lexicon->run_slot_count;
    for (int32_t slot = 0; slot < lexicon->word_slot_count; slot++) {
        const WordSlot *one = lexicon->word_slots + slot;
        expected += ((one->part == TITLE ? titled : last) - first) * one->longest;
    }
    expected = expected < lexicon->size ? expected : lexicon->size;
    if (last < 0 || !map_ready(&at->seen, expected)) {
        return 0;
    }
    if (!add_runs_of(at, text, size, WHOLE, own->places + own->text_starts[number]) ||
        !add_runs_of(at, text, sizes[0], TITLE, NULL) ||
        !add_runs_of(at, text, size < lexicon->head ? size : lexicon->head, HEAD, NULL)) {
        return 0;
    }
    for (int32_t slot = 0; slot < lexicon->word_slot_count; slot++) {
        const WordSlot *one = lexicon->word_slots + slot;
        int64_t count = (one->part == TITLE ? titled : last) - first;
        if (!add_words_of(at, one, text, own->tokens + first, count)) {
            return 0;
        }
    }
    own->text_starts[number + 1] = own->text_starts[number] + size;
    own->token_starts[number + 1] = last;
    own->titles[number] = titled - first;
    own->feature_starts[number + 1] = at->found;
    return 1;
}

/* `letters`: titles and contents one after another, without anything between; `lengths`: two for each letter.
   NULL where there is no memory. To be let go of with `reading_free`. */
EXPORT Reading *read_letters(const Lexicon *lexicon, const uint32_t *letters, const int32_t *lengths, int64_t count) {
    int64_t characters = 0, longest = 0;
    for (int64_t part = 0; part < 2 * count; part++) {
        characters += lengths[part];
        longest = lengths[part] > longest ? lengths[part] : longest;
    }
    At at = {reading_new(lexicon, count, characters), {NULL, 0}, NULL, NULL, 0};
    at.lengths = malloc(sizeof(int32_t) * (size_t)(longest + 1));
    at.phrase = malloc(sizeof(uint32_t) * (size_t)(2 * characters + 2));
    int sound = at.reading && at.lengths && at.phrase;
    for (int64_t number = 0; sound && number < count; number++) {
        sound = read_letter(&at, number, letters, lengths + 2 * number);
        letters += lengths[2 * number] + lengths[2 * number + 1];
    }
    free(at.seen.pairs);
    free(at.lengths);
    free(at.phrase);
    sound = sound && (at.reading->often = malloc(sizeof(float) * (size_t)(at.found + 1)));
    if (!sound) {
        reading_free(at.reading);
        return NULL;
    }
    for (int64_t one = 0; one < at.found; one++) {
        int32_t times = at.reading->times[one];
        at.reading->often[one] = times == 1 ? 1.0f : (float)(1.0 + log((double)times));
    }
    return at.reading;
}
