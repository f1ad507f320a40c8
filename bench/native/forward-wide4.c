// Four packets at once, in vectors as wide as WebAssembly's.
#include "wide4.h"

#include "forward-wide.h"

void forward_wide4_lpm(const struct stream *stream, uint32_t first, unsigned count) {
  if (!forward(BY_LPM, first, count)) forward_plain_lpm(stream, first, count);
}

void forward_wide4_fib(const struct stream *stream, uint32_t first, unsigned count) {
  if (!forward(BY_FIB, first, count)) forward_plain_fib(stream, first, count);
}
