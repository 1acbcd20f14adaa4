/* A Chinese text cut into words as jieba does: the likeliest way through the dictionary's words, and for what it leaves
   as single characters the likeliest states of a hidden Markov model. Every piece of the text is in some token. */

#include "cutting.h"

#include <stdlib.h>

enum { BEGIN, END, MIDDLE, SINGLE };

typedef struct {
    double best; /* how likely the rest of the block is from here */
    int32_t next;
} Step;

typedef struct {
    const Dictionary *own;
    const uint32_t *text;
    int32_t *lengths;
    int64_t found;
    Step *steps;
    uint8_t (*before)[4]; /* for each character and state the state that led there */
} Cutting;

static int is_digit_or_letter(uint32_t c) {
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

static int is_han(uint32_t c) {
    return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0xF900 && c <= 0xFAFF) ||
           (c >= 0x20000 && c <= 0x2A6DF) || (c >= 0x2A700 && c <= 0x2EBEF) || (c >= 0x2F800 && c <= 0x2FA1F);
}

static int is_known(uint32_t c) {
    if (c < 128) {
        return is_digit_or_letter(c) || c == '+' || c == '#' || c == '&' || c == '.' || c == '_' || c == '%' || c == '-';
    }
    return is_han(c);
}

static int is_plain_han(uint32_t c) {
    return c >= HAN_FIRST && c <= HAN_LAST;
}

static int is_joint(uint32_t c) {
    return c == '.' || c == '_' || c == '-';
}

static void emit(Cutting *at, int64_t length) {
    at->lengths[at->found++] = (int32_t)length;
}

static inline int32_t child(const Dictionary *own, int32_t node, uint32_t c) {
    uint32_t code = c <= LAST_CODED ? own->codes[c] : 0;
    if (!code || own->nodes[node].base < 0) {
        return -1;
    }
    int64_t next = (int64_t)own->nodes[node].base + code;
    return next < own->count && own->nodes[next].parent == node ? (int32_t)next : -1;
}

/* From the last character to the first: the best word that begins here, and how likely all that follows is. */
static void find_way(Cutting *at, int64_t begin, int64_t end) {
    const Dictionary *own = at->own;
    Step *steps = at->steps;
    steps[end].best = 0;
    for (int64_t here = end - 1; here >= begin; here--) {
        double best = 0;
        int32_t next = -1, node = 0;
        for (int64_t to = here; to < end; to++) {
            node = child(own, node, at->text[to]);
            if (node < 0) {
                break;
            }
            double say = own->nodes[node].say;
            if (say > 0) {
                continue;
            }
            say += steps[to + 1].best;
            if (next < 0 || say >= best) {
                best = say;
                next = (int32_t)(to + 1);
            }
        }
        if (next < 0) {
            best = own->unknown + steps[here + 1].best;
            next = (int32_t)(here + 1);
        }
        steps[here].best = best;
        steps[here].next = next;
    }
}

static int is_word(const Cutting *at, int64_t begin, int64_t end) {
    int32_t node = 0;
    for (int64_t here = begin; here < end && node >= 0; here++) {
        node = child(at->own, node, at->text[here]);
    }
    return node >= 0 && at->own->nodes[node].say <= 0;
}

static const uint8_t FROM[4][2] = {{END, SINGLE}, {BEGIN, MIDDLE}, {MIDDLE, BEGIN}, {SINGLE, END}};

static const double *emits(const Cutting *at, int64_t place) {
    return at->own->emits + 4 * (at->text[place] - HAN_FIRST);
}

/* The likeliest states (Viterbi) of Chinese characters that are no known words, and the words they make. */
static void guess_words(Cutting *at, int64_t begin, int64_t end) {
    double now[4], then[4];
    const double *said = emits(at, begin);
    for (int state = 0; state < 4; state++) {
        now[state] = at->own->start[state] + said[state];
    }
    for (int64_t place = begin + 1; place < end; place++) {
        said = emits(at, place);
        for (int state = 0; state < 4; state++) {
            int first = FROM[state][0], second = FROM[state][1];
            double one = now[first] + at->own->step[first][state] + said[state];
            double other = now[second] + at->own->step[second][state] + said[state];
            int taken = other > one || (other == one && second > first) ? second : first;
            then[state] = taken == second ? other : one;
            at->before[place][state] = (uint8_t)taken;
        }
        for (int state = 0; state < 4; state++) {
            now[state] = then[state];
        }
    }
    int state = now[SINGLE] >= now[END] ? SINGLE : END;
    for (int64_t place = end - 1; place > begin; place--) {
        int earlier = at->before[place][state];
        at->before[place][0] = (uint8_t)state; /* from here on: the state itself */
        state = earlier;
    }
    at->before[begin][0] = (uint8_t)state;
    int64_t word = begin;
    for (int64_t place = begin; place < end; place++) {
        int here = at->before[place][0];
        if (here == BEGIN) {
            word = place;
        } else if (here == END || here == SINGLE) {
            emit(at, place + 1 - word);
            word = place + 1;
        }
    }
    if (word < end) {
        emit(at, end - word);
    }
}

/* Numbers and foreign words with what joins them: 6.26-6.29, baidu.com, 50%. */
static int64_t end_of_foreign(const Cutting *at, int64_t here, int64_t end) {
    for (;;) {
        while (here < end && is_digit_or_letter(at->text[here])) {
            here++;
        }
        if (here + 1 >= end || !is_joint(at->text[here]) || !is_digit_or_letter(at->text[here + 1])) {
            break;
        }
        here++;
    }
    return here < end && at->text[here] == '%' ? here + 1 : here;
}

static void cut_foreign(Cutting *at, int64_t begin, int64_t end) {
    while (begin < end) {
        int64_t here = begin;
        if (is_digit_or_letter(at->text[here])) {
            here = end_of_foreign(at, here, end);
        } else {
            while (here < end && !is_digit_or_letter(at->text[here])) {
                here++;
            }
        }
        emit(at, here - begin);
        begin = here;
    }
}

/* What the way through the dictionary left as single characters. */
static void cut_rest(Cutting *at, int64_t begin, int64_t end) {
    if (end - begin == 1 || is_word(at, begin, end)) {
        for (int64_t here = begin; here < end; here++) {
            emit(at, 1);
        }
        return;
    }
    while (begin < end) {
        int han = is_plain_han(at->text[begin]);
        int64_t here = begin + 1;
        while (here < end && is_plain_han(at->text[here]) == han) {
            here++;
        }
        if (!han) {
            cut_foreign(at, begin, here);
        } else if (here - begin == 1) {
            emit(at, 1);
        } else {
            guess_words(at, begin, here);
        }
        begin = here;
    }
}

static void cut_block(Cutting *at, int64_t begin, int64_t end) {
    find_way(at, begin, end);
    int64_t rest = -1;
    for (int64_t here = begin; here < end; here = at->steps[here].next) {
        int64_t length = at->steps[here].next - here;
        if (length == 1) {
            rest = rest < 0 ? here : rest;
            continue;
        }
        if (rest >= 0) {
            cut_rest(at, rest, here);
            rest = -1;
        }
        emit(at, length);
    }
    if (rest >= 0) {
        cut_rest(at, rest, end);
    }
}

int64_t cut(const Dictionary *own, const uint32_t *text, int64_t count, int32_t *lengths) {
    Cutting at = {own, text, lengths, 0, NULL, NULL};
    at.steps = malloc(sizeof(Step) * (size_t)(count + 1));
    at.before = malloc(4 * (size_t)(count + 1));
    if (!at.steps || !at.before) {
        free(at.steps);
        free(at.before);
        return -1;
    }
    for (int64_t begin = 0; begin < count;) {
        int64_t end = begin + 1;
        if (is_known(text[begin])) {
            while (end < count && is_known(text[end])) {
                end++;
            }
            cut_block(&at, begin, end);
        } else {
            end += text[begin] == '\r' && end < count && text[end] == '\n';
            emit(&at, end - begin);
        }
        begin = end;
    }
    free(at.steps);
    free(at.before);
    return at.found;
}

EXPORT int64_t cut_text(const Dictionary *own, const uint32_t *text, int64_t count, int32_t *lengths) {
    return cut(own, text, count, lengths);
}
