// The timed loop of a lookup contender, written once and specialised for each of them by the compiler.
#ifndef LOOKUP_H
#define LOOKUP_H

#include "contender.h"

struct key6 {
  uint8_t bytes[16];
};

// Defines <id>_pass and <id>_values. look(const key *, value *, unsigned) fills `value`s of which number(value) is the
// next hop, 0 for none.
#define LOOKUP_LOOPS(id, key, value, look, number)                                                  \
  static value id##_out[BATCH_LARGEST] __attribute__((aligned(64)));                                \
                                                                                                    \
  static uint64_t id##_pass(const struct contender *self, const struct stream *stream) {            \
    (void)self;                                                                                     \
    const key *keys = stream->keys;                                                                 \
    uint64_t sum = 0;                                                                               \
    for (size_t at = 0; at < stream->count; at += stream->batch) {                                  \
      const size_t left = stream->count - at;                                                       \
      const unsigned count = left < stream->batch ? (unsigned)left : stream->batch;                 \
      look(keys + at, id##_out, count);                                                             \
      if (stream->summed) {                                                                         \
        for (unsigned i = 0; i < count; i++) sum += number(id##_out[i]);                            \
      } else {                                                                                      \
        __asm__ volatile("" ::"r"(id##_out) : "memory");                                            \
      }                                                                                             \
    }                                                                                               \
    return sum;                                                                                     \
  }                                                                                                 \
                                                                                                    \
  static void id##_values(const void *keys, uint32_t *out, unsigned count) {                        \
    look(keys, id##_out, count);                                                                    \
    for (unsigned i = 0; i < count; i++) out[i] = (uint32_t)number(id##_out[i]);                    \
  }

#endif
