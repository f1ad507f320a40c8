// The large table of a forwarding contender: rte_lpm by its bulk form, or rte_fib with 2-byte entries by AVX-512.
#ifndef FORWARD_TABLE_H
#define FORWARD_TABLE_H

#include "ip.h"
#include "lookup-fib.h"
#include "lookup-lpm.h"
#include "world.h"

enum forward_table { BY_LPM, BY_FIB };

struct values {
  uint32_t lpm[PACKETS_A_BATCH];
  uint64_t fib[PACKETS_A_BATCH];
} __attribute__((aligned(64)));

// `table` is a constant where this is called: the other half disappears.
ALWAYS_INLINE void look_up(enum forward_table table, uint32_t *keys, struct values *values, unsigned count) {
  if (table == BY_LPM) rte_lpm_lookup_bulk(lpm4, keys, values->lpm, count);
  else rte_fib_lookup_bulk(fib4[FIB_2B], keys, values->fib, (int)count);
}

// 0 for no match.
ALWAYS_INLINE uint32_t value_of(enum forward_table table, const struct values *values, unsigned index) {
  return table == BY_LPM ? lpm4_next_hop(values->lpm[index]) : (uint32_t)values->fib[index];
}

#endif
