// The router of the forwarding contenders: its tables, its buffers, its counters.
//
// A site's router behind a default route: it serves 10.0.0.0/8, is 192.0.2.1, and has the addresses of 198.18.0.0/16
// attached. The Map-Cache is the loaded table: value v stands for entry v - 1. One entry in four has two locators.
// It is a PETR for the sources of 100.64.0.0/10; for their packets the loaded table is its routes: value v stands for
// next hop NEXT_HOP_COUNT + v - 1.
#ifndef WORLD_H
#define WORLD_H

#include "records.h"

#define SLOTS 4096
#define HEADROOM 128
#define PACKETS_A_BATCH 256
#define STRIDE_LARGEST 2240
#define REWRITES 1024

#define OWN_RLOC 0xc0000201u
#define OWN_SITE 0x0a000000u // 10.0.0.0/8
#define SERVED 0x64400000u // 100.64.0.0/10
#define ATTACHED 0xc6120000u // 198.18.0.0/16
#define FIRST_LOCATOR 0xac100001u // 172.16.0.1
#define GATEWAY 0xc00002feu // 192.0.2.254
#define LINK_MTU 1500u
#define OVERHEAD 36u
#define LISP_PORT 4341u

// Toward locators goes a next hop of its own, as in the engine: it is no default route.
enum { NEXT_HOP_OWN, NEXT_HOP_OUT, NEXT_HOP_ATTACHED, NEXT_HOP_LOCATORS, NEXT_HOP_COUNT };

// A table of a handful of prefixes, the longest first.
struct small_row {
  uint32_t mask, prefix, value;
};
struct small_table {
  unsigned count;
  struct small_row rows[4];
};

struct world {
  uint8_t *slots;
  struct descriptor *descriptors;
  struct entry *entries;
  uint64_t *hits;
  uint32_t entry_count;
  uint32_t *buckets;
  struct rewrite *rewrites;
  struct rewrite_side *sides;
  // The few of a site first; then, for the PETR, one for each value of the loaded table.
  struct next_hop *next_hops;
  struct small_table routes;   // index + 1 of a next hop
  struct small_table policies; // POLICY_ flags
  struct counters counters;
};

extern struct world world;

// Fills the tables when first called; the routes must have been loaded.
void world_open(void);

// Value of the longest prefix that covers an address, 0 for none.
static inline uint32_t small_longest(const struct small_table *table, uint32_t address) {
  for (unsigned i = 0; i < table->count; i++) {
    if ((address & table->rows[i].mask) == table->rows[i].prefix) return table->rows[i].value;
  }
  return 0;
}

// Union of the values of all prefixes that cover an address.
static inline uint32_t small_union(const struct small_table *table, uint32_t address) {
  uint32_t values = 0;
  for (unsigned i = 0; i < table->count; i++) {
    if ((address & table->rows[i].mask) == table->rows[i].prefix) values |= table->rows[i].value;
  }
  return values;
}

#endif
