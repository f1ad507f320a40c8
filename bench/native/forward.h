// The forwarding loops. Each works on `count` received packets from slot `first` on.
#ifndef FORWARD_H
#define FORWARD_H

#include "contender.h"

#define FORWARDING_LOOPS(name)                                                                     \
  void name##_lpm(const struct stream *stream, uint32_t first, unsigned count);                    \
  void name##_fib(const struct stream *stream, uint32_t first, unsigned count);

FORWARDING_LOOPS(forward_plain)
FORWARDING_LOOPS(forward_wide4)
FORWARDING_LOOPS(forward_wide16)
FORWARDING_LOOPS(forward_bare)
FORWARDING_LOOPS(decapsulate)

// Whether this program was compiled for a CPU with the 16 lanes of AVX-512.
extern const int has_wide16;

// Receive stages: frames for encapsulation, and LISP packets to this router.
void receive_frames(const struct stream *stream, size_t at, unsigned count);
void receive_lisp(const struct stream *stream, size_t at, unsigned count);

// All of a contender: receive, process, over the whole stream.
uint64_t packets_pass(const struct contender *self, const struct stream *stream);

#endif
