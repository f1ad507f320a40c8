// What the harness can measure: a name, a way to get ready, a timed pass over a trace, and its results one by one.
#ifndef CONTENDER_H
#define CONTENDER_H

#include <stddef.h>
#include <stdint.h>

#define BATCH_LARGEST 4096

// Part of a trace, and how to go through it.
struct stream {
  const void *keys; // u32 in host order, or 16 bytes in network order
  size_t first;     // position of keys[0] in the trace: chooses frames and slots
  size_t count;
  unsigned batch;
  int summed;      // lookups: add all results up, or only make sure that they reach memory
  unsigned stride; // forwarding: bytes from one packet buffer to the next
  int dirty;       // forwarding: one packet in eight is malformed or out of the ordinary
};

// What a table took.
struct cost {
  double build_ms;
  size_t memory_bytes;
};

enum work { LOOKUP, FORWARD, DECAPSULATE };

struct contender {
  const char *name;
  enum work work;
  int family;
  // What a reader of its numbers must know; may be empty.
  const char *note;
  // Builds what is not built and chooses the variant. Returns why that cannot be, or NULL.
  const char *(*prepare)(const struct contender *self);
  // For `prepare`: which table, which code path.
  int table, variant;
  struct cost *cost;
  // Lookups: the sum of the results, or 0 when they are not summed. Packets: how many left.
  uint64_t (*pass)(const struct contender *self, const struct stream *stream);
  // Lookups: the value of each key, 0 for none.
  void (*values)(const void *keys, uint32_t *out, unsigned count);
  // Packets: puts those of keys[at] and following into their slots; and works on them. `process` may be absent.
  void (*receive)(const struct stream *stream, size_t at, unsigned count);
  void (*process)(const struct stream *stream, uint32_t first_slot, unsigned count);
};

struct contender_list {
  const struct contender *first;
  size_t count;
};

// One list a file.
extern const struct contender_list null_list, lpm_list, fib_list, lpm6_list, fib6_list, forward_list, decap_list;

static const struct contender_list *const contender_lists[] = {
    &null_list, &lpm_list, &fib_list, &lpm6_list, &fib6_list, &forward_list, &decap_list,
};
#define CONTENDER_LISTS (sizeof contender_lists / sizeof *contender_lists)

#endif
