#ifndef MAP_H
#define MAP_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Numbers from zero on, each with another number: small, for one letter, so that it stays in the processor's cache. */
typedef struct {
    int32_t key;
    int32_t value;
} Pair;

typedef struct {
    Pair *pairs;
    uint32_t mask;
} Map;

/* Room for so many keys; clears a map that has been used. */
static inline int map_ready(Map *map, int64_t count) {
    uint32_t size = 64;
    while (size < 2 * (uint64_t)count && size < 1u << 30) {
        size *= 2;
    }
    if (!map->pairs || map->mask + 1 < size) {
        free(map->pairs);
        map->pairs = malloc(sizeof(Pair) * size);
        if (!map->pairs) {
            return 0;
        }
    }
    map->mask = size - 1;
    memset(map->pairs, 0xFF, sizeof(Pair) * size); /* a key of -1 is none */
    return 1;
}

/* The pair of a key, or the free one where it belongs. */
static inline Pair *map_find(const Map *map, int32_t key) {
    uint32_t at = (uint32_t)key * 0x9E3779B1u;
    at = (at ^ at >> 15) & map->mask;
    while (map->pairs[at].key >= 0 && map->pairs[at].key != key) {
        at = (at + 1) & map->mask;
    }
    return map->pairs + at;
}

#endif
