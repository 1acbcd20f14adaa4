/* Where in a text a match of some patterns may begin, by the first two characters: one look for all patterns. */

#include "cutting.h"

#include <stddef.h>

typedef struct {
    const uint8_t *begins; /* by character: the patterns, as bits, that may begin with it */
    const uint8_t *alone;  /* those that may begin with it, whatever follows */
    const uint32_t *pairs; /* first and second character, in a table by their hash; 0: nothing here */
    const uint8_t *paired; /* of every pair those that may begin with it */
    uint32_t mask;
} Hunt;

/* Writes places and patterns, returns how many. */
EXPORT int64_t find_openings(
    const Hunt *own, const uint32_t *text, int64_t count, int32_t *places, uint8_t *patterns
) {
    int64_t found = 0;
    for (int64_t here = 0; here < count; here++) {
        uint32_t first = text[here], second = here + 1 < count ? text[here + 1] : 0;
        if (first > LAST_CODED || !own->begins[first]) {
            continue;
        }
        uint8_t known = own->alone[first];
        if (own->begins[first] != known && second <= LAST_CODED) {
            uint32_t pair = first << 16 | second, at = pair * 0x9E3779B1u;
            for (at = (at ^ at >> 15) & own->mask; own->pairs[at]; at = (at + 1) & own->mask) {
                if (own->pairs[at] == pair) {
                    known |= own->paired[at];
                    break;
                }
            }
        }
        if (known) {
            places[found] = (int32_t)here;
            patterns[found++] = known;
        }
    }
    return found;
}
