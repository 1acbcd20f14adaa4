/* Building the tables that reading.c looks features up in. */

#include "lexicon.h"

#include <stdlib.h>
#include <string.h>

static int make_room(void **memory, int64_t *room, int64_t needed, size_t each) {
    if (needed <= *room) {
        return 1;
    }
    int64_t size = *room ? *room : 1024;
    while (size < needed) {
        size *= 2;
    }
    void *larger = realloc(*memory, each * (size_t)size);
    if (!larger) {
        return 0;
    }
    *memory = larger;
    *room = size;
    return 1;
}

EXPORT Lexicon *lexicon_new(const Dictionary *dictionary, int32_t head) {
    Lexicon *own = calloc(1, sizeof(Lexicon));
    if (!own) {
        return NULL;
    }
    own->dictionary = dictionary;
    own->head = head;
    own->run_mask = (1 << 10) - 1;
    own->runs = calloc(own->run_mask + 1, sizeof(Run));
    if (!own->runs) {
        free(own);
        return NULL;
    }
    return own;
}

EXPORT void lexicon_free(Lexicon *own) {
    for (int32_t at = 0; at < own->run_slot_count; at++) {
        free(own->run_slots[at].features);
    }
    for (int32_t at = 0; at < own->word_slot_count; at++) {
        free(own->word_slots[at].words);
        free(own->word_slots[at].letters);
    }
    free(own->run_slots);
    free(own->word_slots);
    free(own->run_of);
    free(own->runs);
    free(own);
}

EXPORT int64_t lexicon_size(const Lexicon *own) {
    return own->size;
}

static int32_t new_feature(Lexicon *own, int32_t run) {
    if (own->size >= INT32_MAX || !make_room((void **)&own->run_of, &own->room, own->size + 1, sizeof(int32_t))) {
        return -1;
    }
    own->run_of[own->size] = run;
    return (int32_t)own->size++;
}

/* --- runs of characters */

static int widen_runs(Lexicon *own) {
    uint64_t size = 2 * (own->run_mask + 1);
    Run *old = own->runs, *runs = calloc(size, sizeof(Run));
    if (!runs) {
        return 0;
    }
    uint64_t before = own->run_mask + 1;
    own->runs = runs;
    own->run_mask = size - 1;
    for (uint64_t at = 0; at < before; at++) {
        if (old[at].key) {
            *(Run *)find_run(own, old[at].key) = old[at];
        }
    }
    free(old);
    return 1;
}

static Run *add_run(Lexicon *own, uint64_t key) {
    if (3 * (uint64_t)own->run_entries > own->run_mask && !widen_runs(own)) {
        return NULL;
    }
    Run *run = (Run *)find_run(own, key);
    if (!run->key) {
        *run = (Run){key, -1, 0};
        own->run_entries++;
    }
    return run;
}

static int32_t place_of_run(Lexicon *own, uint64_t key) {
    Run *run = add_run(own, key);
    if (!run) {
        return -1;
    }
    if (run->place >= 0) {
        return run->place;
    }
    int64_t room = own->run_room;
    if (own->run_count == room) {
        int64_t wider = room ? 2 * room : 4096;
        for (int32_t at = 0; at < own->run_slot_count; at++) {
            int32_t *features = realloc(own->run_slots[at].features, sizeof(int32_t) * (size_t)wider);
            if (!features) {
                return -1;
            }
            memset(features + room, 0xFF, sizeof(int32_t) * (size_t)(wider - room));
            own->run_slots[at].features = features;
        }
        own->run_room = wider;
    }
    int32_t place = run->place = (int32_t)own->run_count++;
    for (uint64_t shorter = key >> 16; shorter; shorter >>= 16) {
        if (!(run = add_run(own, shorter))) {
            return -1;
        }
        run->more = 1;
    }
    return place;
}

static RunSlot *run_slot(Lexicon *own, int32_t slot, int32_t part) {
    for (int32_t at = 0; at < own->run_slot_count; at++) {
        if (own->run_slots[at].slot == slot) {
            return own->run_slots + at;
        }
    }
    RunSlot *slots = realloc(own->run_slots, sizeof(RunSlot) * (size_t)(own->run_slot_count + 1));
    if (!slots) {
        return NULL;
    }
    own->run_slots = slots;
    size_t size = sizeof(int32_t) * (size_t)(own->run_room ? own->run_room : 1);
    int32_t *features = malloc(size);
    if (!features) {
        return NULL;
    }
    memset(features, 0xFF, size);
    slots[own->run_slot_count] = (RunSlot){slot, part, features};
    return slots + own->run_slot_count++;
}

/* The feature of each run in this slot: known before, or new. Returns whether there was memory. */
EXPORT int32_t add_runs(
    Lexicon *own, int32_t slot, int32_t part, const uint64_t *keys, int64_t count, int32_t *features
) {
    RunSlot *to = run_slot(own, slot, part);
    if (!to) {
        return 0;
    }
    for (int64_t at = 0; at < count; at++) {
        if (!keys[at]) { /* nothing that can be read has this number */
            if ((features[at] = new_feature(own, -1)) < 0) {
                return 0;
            }
            continue;
        }
        int32_t place = place_of_run(own, keys[at]);
        if (place < 0) {
            return 0;
        }
        if (to->features[place] < 0 && (to->features[place] = new_feature(own, place)) < 0) {
            return 0;
        }
        features[at] = to->features[place];
    }
    return 1;
}

/* --- words */

static Word *find_place(const WordSlot *own, uint32_t hash, const uint32_t *text, int64_t length) {
    uint32_t at = hash & own->mask;
    for (;; at = (at + 1) & own->mask) {
        Word *word = own->words + at;
        if (word->feature < 0) {
            return word;
        }
        if (word->hash == hash && word->length == length &&
            !memcmp(own->letters + word->begin, text, sizeof(uint32_t) * (size_t)length)) {
            return word;
        }
    }
}

int32_t find_word(const WordSlot *own, uint32_t hash, const uint32_t *text, int64_t length) {
    return length > own->longest_key ? -1 : find_place(own, hash, text, length)->feature;
}

static int widen_words(WordSlot *own) {
    uint32_t size = own->words ? 2 * (own->mask + 1) : 1 << 10;
    Word *old = own->words, *words = malloc(sizeof(Word) * size);
    if (!words) {
        return 0;
    }
    memset(words, 0xFF, sizeof(Word) * size);
    uint32_t before = old ? own->mask + 1 : 0;
    own->words = words;
    own->mask = size - 1;
    for (uint32_t from = 0; from < before; from++) {
        if (old[from].feature >= 0) {
            uint32_t at = old[from].hash & own->mask;
            while (words[at].feature >= 0) {
                at = (at + 1) & own->mask;
            }
            words[at] = old[from];
        }
    }
    free(old);
    return 1;
}

static WordSlot *word_slot(Lexicon *own, int32_t slot, int32_t part) {
    for (int32_t at = 0; at < own->word_slot_count; at++) {
        if (own->word_slots[at].slot == slot) {
            return own->word_slots + at;
        }
    }
    WordSlot *slots = realloc(own->word_slots, sizeof(WordSlot) * (size_t)(own->word_slot_count + 1));
    if (!slots) {
        return NULL;
    }
    own->word_slots = slots;
    WordSlot *found = slots + own->word_slot_count;
    *found = (WordSlot){.slot = slot, .part = part};
    if (!widen_words(found)) {
        return NULL;
    }
    own->word_slot_count++;
    return found;
}

/* The feature of each word in this slot; the words stand one after another in `letters`. */
EXPORT int32_t add_words(
    Lexicon *own, int32_t slot, int32_t part, int32_t longest, const uint32_t *letters, const int32_t *lengths,
    int64_t count, int32_t *features
) {
    WordSlot *to = word_slot(own, slot, part);
    if (!to) {
        return 0;
    }
    to->longest = longest > to->longest ? longest : to->longest;
    for (int64_t at = 0; at < count; letters += lengths[at++]) {
        int32_t length = lengths[at];
        uint32_t hash = HASH_START;
        for (int32_t place = 0; place < length; place++) {
            hash = hash_more(hash, letters[place]);
        }
        if (2 * (uint64_t)to->count > to->mask && !widen_words(to)) {
            return 0;
        }
        Word *word = find_place(to, hash, letters, length);
        if (word->feature < 0) {
            if (!make_room((void **)&to->letters, &to->room, to->used + length + 1, sizeof(uint32_t))) {
                return 0;
            }
            memcpy(to->letters + to->used, letters, sizeof(uint32_t) * (size_t)length);
            *word = (Word){hash, new_feature(own, -1), to->used, length};
            if (word->feature < 0) {
                return 0;
            }
            to->used += length;
            to->count++;
            to->longest_key = length > to->longest_key ? length : to->longest_key;
        }
        features[at] = word->feature;
    }
    return 1;
}
