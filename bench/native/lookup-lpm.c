// rte_lpm: DIR-24-8 with 4-byte entries (Gupta, Lin, McKeown 1998), the table most DPDK programs forward by.
#include "lookup-lpm.h"

#include <stdlib.h>
#include <string.h>

#include "lookup.h"
#include "tables.h"

struct rte_lpm *lpm4;
struct cost lpm4_cost;

static int by_length(const void *left, const void *right) {
  return (int)((const struct route4 *)left)->bits - (int)((const struct route4 *)right)->bits;
}

// A second-level group that says what the first-level entry said.
static void open_group(struct rte_lpm_tbl_entry *first_level, uint32_t group) {
  struct rte_lpm_tbl_entry inherited = *first_level;
  inherited.valid_group = 1;
  for (unsigned i = 0; i < 256; i++) lpm4->tbl8[group * 256 + i] = inherited;
  first_level->valid = 1;
  first_level->valid_group = 1;
  first_level->next_hop = group;
}

// Shorter prefixes first, so that longer ones overwrite them.
static void fill(const struct route4 *route, uint32_t *groups) {
  struct rte_lpm_tbl_entry entry = {.next_hop = route->next_hop, .valid = 1, .depth = route->bits};
  const uint32_t at = route->prefix >> 8;
  if (route->bits <= 24) {
    for (uint32_t i = 0; i < 1u << (24 - route->bits); i++) lpm4->tbl24[at + i] = entry;
    return;
  }
  if (!lpm4->tbl24[at].valid_group) open_group(&lpm4->tbl24[at], (*groups)++);
  entry.valid_group = 1;
  const uint32_t within = lpm4->tbl24[at].next_hop * 256 + (route->prefix & 255);
  for (uint32_t i = 0; i < 1u << (32 - route->bits); i++) lpm4->tbl8[within + i] = entry;
}

// rte_lpm_add searches a list of rules from end to end: a minute for two thirds of a full table. So its tables, which
// are public, are written here; the lookups are the library's own.
const char *prepare_lpm4(const struct contender *self) {
  (void)self;
  if (lpm4 != NULL) return NULL;
  struct route4 *sorted = malloc(loaded.count4 * sizeof *sorted);
  memcpy(sorted, loaded.routes4, loaded.count4 * sizeof *sorted);
  cost_begin(&lpm4_cost);
  const struct rte_lpm_config config = {.max_rules = 1, .number_tbl8s = groups4() + 64};
  lpm4 = rte_lpm_create("lpm4", 0, &config);
  if (lpm4 != NULL) {
    uint32_t groups = 0;
    qsort(sorted, loaded.count4, sizeof *sorted, by_length);
    for (size_t i = 0; i < loaded.count4; i++) fill(&sorted[i], &groups);
  }
  cost_end(&lpm4_cost);
  free(sorted);
  return lpm4 == NULL ? "rte_lpm_create failed" : NULL;
}

static inline void one_by_one(const uint32_t *keys, uint32_t *out, unsigned count) {
  for (unsigned i = 0; i < count; i++) {
    uint32_t next_hop = 0;
    rte_lpm_lookup(lpm4, keys[i], &next_hop);
    out[i] = next_hop;
  }
}

static inline void in_bulk(const uint32_t *keys, uint32_t *out, unsigned count) {
  rte_lpm_lookup_bulk(lpm4, keys, out, count);
}

static inline void by_four(const uint32_t *keys, uint32_t *out, unsigned count) {
  unsigned i = 0;
  for (; i + 4 <= count; i += 4) {
    rte_lpm_lookupx4(lpm4, _mm_loadu_si128((const __m128i *)(keys + i)), out + i, 0);
  }
  one_by_one(keys + i, out + i, count - i);
}

static inline uint32_t same(uint32_t value) {
  return value;
}

LOOKUP_LOOPS(scalar, uint32_t, uint32_t, one_by_one, same)
LOOKUP_LOOPS(bulk, uint32_t, uint32_t, in_bulk, lpm4_next_hop)
LOOKUP_LOOPS(x4, uint32_t, uint32_t, by_four, same)

#define NOTE "tables filled directly, without rte_lpm_add: build time and memory lack its rules"
#define LPM(name, id) {name, LOOKUP, 4, NOTE, prepare_lpm4, 0, 0, &lpm4_cost, id##_pass, id##_values, NULL, NULL}

static const struct contender all[] = {
    LPM("rte_lpm_scalar", scalar),
    LPM("rte_lpm_bulk", bulk),
    LPM("rte_lpm_x4", x4),
};

const struct contender_list lpm_list = {all, sizeof all / sizeof *all};
