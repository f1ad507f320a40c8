// The rte_lpm table of the loaded IPv4 routes.
#ifndef LOOKUP_LPM_H
#define LOOKUP_LPM_H

#include <rte_lpm.h>

#include "contender.h"

extern struct rte_lpm *lpm4;
extern struct cost lpm4_cost;

// Builds it when first called. Returns why it cannot be, or NULL.
const char *prepare_lpm4(const struct contender *self);

// Next hop in an entry that a lookup returned; 0 for none.
static inline uint32_t lpm4_next_hop(uint32_t entry) {
  return entry & 0xffffff & -(entry >> 24 & 1);
}

#endif
