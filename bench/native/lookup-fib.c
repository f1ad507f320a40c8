// rte_fib: DIR-24-8 with entries of a chosen size, by the library's macro path or by its AVX-512 path. The RIB that the
// library keeps for updates is part of the memory; both are sized for the table.
#include "lookup-fib.h"

#include "lookup.h"
#include "tables.h"

struct rte_fib *fib4[FIB_ENTRIES];
struct cost fib4_cost[FIB_ENTRIES];

static const struct {
  const char *name;
  enum rte_fib_dir24_8_nh_sz size;
  uint32_t largest; // next hop or group: one bit tells them apart
} entries[] = {
    {"fib4_1B", RTE_FIB_DIR24_8_1B, 0x7f},
    {"fib4_2B", RTE_FIB_DIR24_8_2B, 0x7fff},
    {"fib4_4B", RTE_FIB_DIR24_8_4B, 0x7fffffff},
    {"fib4_8B", RTE_FIB_DIR24_8_8B, 0xffffffff},
};

static const char *build(enum fib_entry entry) {
  const uint32_t largest = entries[entry].largest;
  if (loaded.next_hops > largest) return "its entries are too small for so many next hops";
  const uint32_t needed = groups4() + 1;
  if (needed > largest) return "its entries are too small for so many prefixes longer than 24 bits";
  struct rte_fib_conf config = {
      .type = RTE_FIB_DIR24_8,
      .max_routes = (int)loaded.count4 + 1024,
      .dir24_8 = {.nh_sz = entries[entry].size, .num_tbl8 = needed + 64 > largest ? largest : needed + 64},
  };
  cost_begin(&fib4_cost[entry]);
  fib4[entry] = rte_fib_create(entries[entry].name, 0, &config);
  if (fib4[entry] == NULL) return "rte_fib_create failed";
  for (size_t i = 0; i < loaded.count4; i++) {
    const struct route4 *route = &loaded.routes4[i];
    if (rte_fib_add(fib4[entry], route->prefix, (uint8_t)route->bits, route->next_hop) == 0) continue;
    rte_fib_free(fib4[entry]);
    fib4[entry] = NULL;
    return "rte_fib_add failed";
  }
  cost_end(&fib4_cost[entry]);
  return NULL;
}

const char *prepare_fib4_as(enum fib_entry entry, enum fib_path path) {
  static const char *failures[FIB_ENTRIES];
  if (fib4[entry] == NULL && failures[entry] == NULL) failures[entry] = build(entry);
  if (fib4[entry] == NULL) return failures[entry];
  const enum rte_fib_lookup_type type =
      path == FIB_MACRO ? RTE_FIB_LOOKUP_DIR24_8_SCALAR_MACRO : RTE_FIB_LOOKUP_DIR24_8_VECTOR_AVX512;
  return rte_fib_select_lookup(fib4[entry], type) == 0 ? NULL : "CPU or package without its AVX-512 path";
}

static const char *prepare(const struct contender *self) {
  return prepare_fib4_as((enum fib_entry)self->table, (enum fib_path)self->variant);
}

static inline uint32_t number(uint64_t next_hop) {
  return (uint32_t)next_hop;
}

// rte_fib_lookup_bulk does not write its keys, though it does not say so.
#define FIB_LOOPS(id, entry)                                                            \
  static inline void look_##id(const uint32_t *keys, uint64_t *out, unsigned count) {  \
    rte_fib_lookup_bulk(fib4[entry], (uint32_t *)(uintptr_t)keys, out, (int)count);    \
  }                                                                                     \
  LOOKUP_LOOPS(id, uint32_t, uint64_t, look_##id, number)

FIB_LOOPS(fib1, FIB_1B)
FIB_LOOPS(fib2, FIB_2B)
FIB_LOOPS(fib4b, FIB_4B)
FIB_LOOPS(fib8, FIB_8B)

#define FIB(name, entry, path, id) \
  {name, LOOKUP, 4, "", prepare, entry, path, &fib4_cost[entry], id##_pass, id##_values, NULL, NULL}

static const struct contender all[] = {
    FIB("rte_fib_1B_macro", FIB_1B, FIB_MACRO, fib1),   FIB("rte_fib_1B_avx512", FIB_1B, FIB_AVX512, fib1),
    FIB("rte_fib_2B_macro", FIB_2B, FIB_MACRO, fib2),   FIB("rte_fib_2B_avx512", FIB_2B, FIB_AVX512, fib2),
    FIB("rte_fib_4B_macro", FIB_4B, FIB_MACRO, fib4b),  FIB("rte_fib_4B_avx512", FIB_4B, FIB_AVX512, fib4b),
    FIB("rte_fib_8B_macro", FIB_8B, FIB_MACRO, fib8),   FIB("rte_fib_8B_avx512", FIB_8B, FIB_AVX512, fib8),
};

const struct contender_list fib_list = {all, sizeof all / sizeof *all};
