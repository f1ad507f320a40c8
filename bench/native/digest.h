// What two contenders must agree on: FNV-1a (Fowler, Noll, Vo) over 32-bit words, and their sum.
#ifndef DIGEST_H
#define DIGEST_H

#include <stdint.h>

struct digest {
  uint32_t hash;
  uint64_t sum;
};

static inline struct digest digest_empty(void) {
  struct digest empty = {0x811c9dc5, 0};
  return empty;
}

static inline void digest_word(struct digest *digest, uint32_t word) {
  digest->hash = (digest->hash ^ word) * 0x01000193;
  digest->sum += word;
}

#endif
