// Moves the keys to the results: a contender that comes near this is not doing its work.
#include <string.h>

#include "lookup.h"

static inline void move4(const uint32_t *keys, uint32_t *out, unsigned count) {
  memcpy(out, keys, count * sizeof *keys);
  __asm__ volatile("" ::"r"(out) : "memory");
}

static inline void move6(const struct key6 *keys, uint32_t *out, unsigned count) {
  for (unsigned i = 0; i < count; i++) memcpy(out + i, keys[i].bytes + 12, sizeof *out);
  __asm__ volatile("" ::"r"(out) : "memory");
}

static inline uint32_t same(uint32_t value) {
  return value;
}

LOOKUP_LOOPS(null4, uint32_t, uint32_t, move4, same)
LOOKUP_LOOPS(null6, struct key6, uint32_t, move6, same)

static const char *nothing(const struct contender *self) {
  (void)self;
  return NULL;
}

static struct cost none;

static const struct contender all[] = {
    {"null4", LOOKUP, 4, "copies keys", nothing, 0, 0, &none, null4_pass, null4_values, NULL, NULL},
    {"null6", LOOKUP, 6, "copies the last word of keys", nothing, 0, 0, &none, null6_pass, null6_values, NULL, NULL},
};

const struct contender_list null_list = {all, sizeof all / sizeof *all};
