// What is loaded: routes and traces of one folder, and what the tables built from them need.
#ifndef TABLES_H
#define TABLES_H

#include <stddef.h>

#include "contender.h"
#include "routes.h"

struct loaded {
  const struct route4 *routes4;
  const struct route6 *routes6;
  size_t count4, count6;
  uint32_t next_hops; // the largest
};

extern struct loaded loaded;

// Reads the routes of a folder, once a process. Returns why it cannot, or NULL.
const char *load_routes(const char *folder);

// The keys of a trace of that folder ("rand", "zipf", "unif"), read when first asked for; NULL when there are none.
const void *trace_keys(int family, const char *trace, size_t *count);

// /24s with longer prefixes inside: the second-level groups of a DIR-24-8 table.
uint32_t groups4(void);

// Upper bound of the 8-bit nodes below a 24-bit first level.
uint32_t groups6(void);

// Bytes in use in the library's heap.
size_t heap_bytes(void);

// Process CPU time and wall time, in nanoseconds.
double cpu_ns(void);
double wall_ns(void);

// Measures the making of a table: `cost_begin` before, `cost_end` after.
void cost_begin(struct cost *cost);
void cost_end(struct cost *cost);

#endif
