// xorshift128+ (Vigna, 2014): the same seed gives the same files on every machine.
#ifndef RANDOM_H
#define RANDOM_H

#include <stdint.h>

struct random {
  uint64_t state[2];
};

static inline struct random random_seeded(uint64_t seed) {
  struct random made = {{0x9e3779b97f4a7c15ull ^ seed, 0xd1b54a32d192ed03ull}};
  return made;
}

static inline uint64_t random_next(struct random *r) {
  uint64_t a = r->state[0];
  const uint64_t b = r->state[1];
  r->state[0] = b;
  a ^= a << 23;
  r->state[1] = a ^ b ^ (a >> 17) ^ (b >> 26);
  return r->state[1] + b;
}

static inline uint64_t random_below(struct random *r, uint64_t bound) {
  return random_next(r) % bound;
}

#endif
