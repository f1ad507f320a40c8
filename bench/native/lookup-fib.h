// rte_fib tables of the loaded IPv4 routes.
#ifndef LOOKUP_FIB_H
#define LOOKUP_FIB_H

#include <rte_fib.h>

#include "contender.h"

enum fib_entry { FIB_1B, FIB_2B, FIB_4B, FIB_8B, FIB_ENTRIES };
enum fib_path { FIB_MACRO, FIB_AVX512 };

extern struct rte_fib *fib4[FIB_ENTRIES];
extern struct cost fib4_cost[FIB_ENTRIES];

// Builds a table when first called and chooses its code path. Returns why that cannot be, or NULL.
const char *prepare_fib4_as(enum fib_entry entry, enum fib_path path);

#endif
