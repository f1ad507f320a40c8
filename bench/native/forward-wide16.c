// Sixteen packets at once.
#include "forward.h"

#if defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512VL__)

#include "wide16.h"

#include "forward-wide.h"

const int has_wide16 = 1;

void forward_wide16_lpm(const struct stream *stream, uint32_t first, unsigned count) {
  if (!forward(BY_LPM, first, count)) forward_plain_lpm(stream, first, count);
}

void forward_wide16_fib(const struct stream *stream, uint32_t first, unsigned count) {
  if (!forward(BY_FIB, first, count)) forward_plain_fib(stream, first, count);
}

#else

const int has_wide16 = 0;

void forward_wide16_lpm(const struct stream *stream, uint32_t first, unsigned count) {
  forward_plain_lpm(stream, first, count);
}

void forward_wide16_fib(const struct stream *stream, uint32_t first, unsigned count) {
  forward_plain_fib(stream, first, count);
}

#endif
