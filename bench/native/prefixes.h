// A list of prefixes in CIDR notation, one a line, of both families or one, as tables with random next hops.
#ifndef PREFIXES_H
#define PREFIXES_H

#include <stddef.h>

#include "random.h"
#include "routes.h"

struct prefixes {
  struct route4 *routes4;
  struct route6 *routes6;
  size_t count4, count6;
};

// `path`: '-' is standard input, a name in .gz goes through gzip. Next hops are drawn from 1..next_hops. IPv4 prefixes
// come sorted and once each; IPv6 prefixes as they stand. Exits when the list cannot be read or has no prefixes.
struct prefixes read_prefixes(const char *path, uint32_t next_hops, struct random *dice);

#endif
