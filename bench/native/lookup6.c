// IPv6: rte_lpm6 and rte_fib6, both a 24-bit first level with 8-bit nodes below it.
#include <rte_fib6.h>
#include <rte_lpm6.h>

#include "lookup.h"
#include "tables.h"

enum entry6 { FIB6_2B, FIB6_4B, FIB6_ENTRIES };

static struct rte_lpm6 *lpm6;
static struct rte_fib6 *fib6[FIB6_ENTRIES];
static struct cost lpm6_cost, fib6_cost[FIB6_ENTRIES];

static const struct {
  const char *name;
  enum rte_fib_trie_nh_sz size;
  uint32_t largest; // next hop or node
} entries[] = {{"fib6_2B", RTE_FIB6_TRIE_2B, 0x7fff}, {"fib6_4B", RTE_FIB6_TRIE_4B, 0x7fffffff}};

static const char *prepare_lpm6(const struct contender *self) {
  (void)self;
  static const char *failure;
  if (lpm6 != NULL || failure != NULL) return failure;
  const struct rte_lpm6_config config = {
      .max_rules = (uint32_t)loaded.count6 + 1024,
      .number_tbl8s = groups6() + 64,
  };
  cost_begin(&lpm6_cost);
  lpm6 = rte_lpm6_create("lpm6", 0, &config);
  if (lpm6 == NULL) return failure = "rte_lpm6_create failed";
  for (size_t i = 0; i < loaded.count6; i++) {
    const struct route6 *route = &loaded.routes6[i];
    if (rte_lpm6_add(lpm6, route->prefix, (uint8_t)route->bits, route->next_hop) == 0) continue;
    rte_lpm6_free(lpm6);
    lpm6 = NULL;
    return failure = "rte_lpm6_add failed";
  }
  cost_end(&lpm6_cost);
  return NULL;
}

// One attempt with room for that many nodes. Returns why it failed, or NULL.
static const char *try_fib6(enum entry6 entry, uint32_t nodes) {
  struct rte_fib6_conf config = {
      .type = RTE_FIB6_TRIE,
      .max_routes = (int)loaded.count6 + 1024,
      .trie = {.nh_sz = entries[entry].size, .num_tbl8 = nodes},
  };
  cost_begin(&fib6_cost[entry]);
  fib6[entry] = rte_fib6_create(entries[entry].name, 0, &config);
  if (fib6[entry] == NULL) return "rte_fib6_create failed";
  for (size_t i = 0; i < loaded.count6; i++) {
    const struct route6 *route = &loaded.routes6[i];
    if (rte_fib6_add(fib6[entry], route->prefix, (uint8_t)route->bits, route->next_hop) == 0) continue;
    rte_fib6_free(fib6[entry]);
    fib6[entry] = NULL;
    return "rte_fib6_add failed";
  }
  cost_end(&fib6_cost[entry]);
  return NULL;
}

// The library reserves nodes for a prefix without regard to those that exist: more than are used, and not foreseeable.
static const char *build_fib6(enum entry6 entry) {
  const uint32_t largest = entries[entry].largest;
  if (loaded.next_hops > largest) return "its entries are too small for so many next hops";
  const uint32_t needed = groups6() + 64;
  if (needed > largest) return "its entries are too small for so many prefixes longer than 24 bits";
  const char *failure = "";
  for (uint32_t nodes = 2 * needed; failure != NULL && nodes <= 16 * needed; nodes += needed) {
    failure = try_fib6(entry, nodes > largest ? largest : nodes);
  }
  return failure;
}

static const char *prepare_fib6(const struct contender *self) {
  static const char *failures[FIB6_ENTRIES];
  const int entry = self->table;
  if (fib6[entry] == NULL && failures[entry] == NULL) failures[entry] = build_fib6((enum entry6)entry);
  if (fib6[entry] == NULL) return failures[entry];
  const enum rte_fib6_lookup_type type = (enum rte_fib6_lookup_type)self->variant;
  return rte_fib6_select_lookup(fib6[entry], type) == 0 ? NULL : "CPU or package without its AVX-512 path";
}

static inline void look_lpm6(const struct key6 *keys, int32_t *out, unsigned count) {
  rte_lpm6_lookup_bulk_func(lpm6, (uint8_t(*)[16])(uintptr_t)keys, out, count);
}

static inline uint32_t found(int32_t next_hop) {
  return next_hop < 0 ? 0 : (uint32_t)next_hop;
}

static inline uint32_t number(uint64_t next_hop) {
  return (uint32_t)next_hop;
}

#define FIB6_LOOPS(id, entry)                                                                  \
  static inline void look_##id(const struct key6 *keys, uint64_t *out, unsigned count) {      \
    rte_fib6_lookup_bulk(fib6[entry], (uint8_t(*)[16])(uintptr_t)keys, out, (int)count);      \
  }                                                                                            \
  LOOKUP_LOOPS(id, struct key6, uint64_t, look_##id, number)

LOOKUP_LOOPS(lpm6, struct key6, int32_t, look_lpm6, found)
FIB6_LOOPS(fib6_2, FIB6_2B)
FIB6_LOOPS(fib6_4, FIB6_4B)

static const struct contender all_lpm6[] = {
    {"rte_lpm6_bulk", LOOKUP, 6, "", prepare_lpm6, 0, 0, &lpm6_cost, lpm6_pass, lpm6_values, NULL, NULL},
};

#define SCALAR RTE_FIB6_LOOKUP_TRIE_SCALAR
#define VECTOR RTE_FIB6_LOOKUP_TRIE_VECTOR_AVX512
#define FIB6(name, entry, path, id) \
  {name, LOOKUP, 6, "", prepare_fib6, entry, path, &fib6_cost[entry], id##_pass, id##_values, NULL, NULL}

static const struct contender all_fib6[] = {
    FIB6("rte_fib6_2B_scalar", FIB6_2B, SCALAR, fib6_2), FIB6("rte_fib6_2B_avx512", FIB6_2B, VECTOR, fib6_2),
    FIB6("rte_fib6_4B_scalar", FIB6_4B, SCALAR, fib6_4), FIB6("rte_fib6_4B_avx512", FIB6_4B, VECTOR, fib6_4),
};

const struct contender_list lpm6_list = {all_lpm6, sizeof all_lpm6 / sizeof *all_lpm6};
const struct contender_list fib6_list = {all_fib6, sizeof all_fib6 / sizeof *all_fib6};
