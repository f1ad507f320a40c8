#include "tables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <rte_malloc.h>

struct loaded loaded;

static char folder_of_all[3072];

// A whole file in memory of its own, as a receiver would have its packets; NULL when it is not there.
static void *read_file(const char *name, size_t *bytes) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder_of_all, name);
  FILE *file = fopen(path, "rb");
  if (file == NULL) return NULL;
  fseek(file, 0, SEEK_END);
  const long length = ftell(file);
  rewind(file);
  void *content = length > 0 ? aligned_alloc(4096, ((size_t)length + 4095) & ~(size_t)4095) : NULL;
  if (content != NULL && fread(content, 1, (size_t)length, file) != (size_t)length) content = NULL;
  fclose(file);
  *bytes = (size_t)length;
  return content;
}

const char *load_routes(const char *folder) {
  if (loaded.count4 != 0) return "routes are loaded once a process";
  snprintf(folder_of_all, sizeof folder_of_all, "%s", folder);
  size_t bytes4, bytes6;
  loaded.routes4 = read_file("routes4.bin", &bytes4);
  loaded.routes6 = read_file("routes6.bin", &bytes6);
  if (loaded.routes4 == NULL || loaded.routes6 == NULL) return "no routes4.bin and routes6.bin there";
  loaded.count4 = bytes4 / sizeof *loaded.routes4;
  loaded.count6 = bytes6 / sizeof *loaded.routes6;
  for (size_t i = 0; i < loaded.count4; i++) {
    if (loaded.routes4[i].next_hop > loaded.next_hops) loaded.next_hops = loaded.routes4[i].next_hop;
  }
  for (size_t i = 0; i < loaded.count6; i++) {
    if (loaded.routes6[i].next_hop > loaded.next_hops) loaded.next_hops = loaded.routes6[i].next_hop;
  }
  return NULL;
}

const void *trace_keys(int family, const char *trace, size_t *count) {
  static struct {
    char name[32];
    void *keys;
    size_t bytes;
  } known[16];
  char name[32];
  if (snprintf(name, sizeof name, "k%d%s.bin", family, trace) >= (int)sizeof name) return NULL;
  if (strchr(name, '/') != NULL) return NULL;
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    if (known[i].keys == NULL) {
      known[i].keys = read_file(name, &known[i].bytes);
      strcpy(known[i].name, name);
    }
    if (known[i].keys == NULL) return NULL;
    if (strcmp(known[i].name, name) != 0) continue;
    *count = known[i].bytes / (family == 4 ? 4 : 16);
    return known[i].keys;
  }
  return NULL;
}

uint32_t groups4(void) {
  uint8_t *seen = calloc(1 << 24, 1);
  uint32_t groups = 0;
  for (size_t i = 0; i < loaded.count4; i++) {
    const struct route4 *route = &loaded.routes4[i];
    if (route->bits <= 24 || seen[route->prefix >> 8]) continue;
    seen[route->prefix >> 8] = 1;
    groups++;
  }
  free(seen);
  return groups;
}

static unsigned compared_bytes;

static int by_first_bytes(const void *left, const void *right) {
  const struct route6 *const *a = left, *const *b = right;
  return memcmp((*a)->prefix, (*b)->prefix, compared_bytes);
}

uint32_t groups6(void) {
  const struct route6 **longer = malloc(loaded.count6 * sizeof *longer);
  uint32_t groups = 0;
  for (compared_bytes = 3; compared_bytes < 16; compared_bytes++) {
    size_t count = 0;
    for (size_t i = 0; i < loaded.count6; i++) {
      if (loaded.routes6[i].bits > 8 * compared_bytes) longer[count++] = &loaded.routes6[i];
    }
    qsort(longer, count, sizeof *longer, by_first_bytes);
    for (size_t i = 0; i < count; i++) groups += i == 0 || by_first_bytes(&longer[i - 1], &longer[i]) != 0;
  }
  free(longer);
  return groups;
}

size_t heap_bytes(void) {
  struct rte_malloc_socket_stats stats = {0};
  rte_malloc_get_socket_stats(0, &stats);
  return stats.heap_allocsz_bytes;
}

static double clock_ns(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

double cpu_ns(void) {
  return clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}

double wall_ns(void) {
  return clock_ns(CLOCK_MONOTONIC);
}

void cost_begin(struct cost *cost) {
  cost->memory_bytes = heap_bytes();
  cost->build_ms = cpu_ns();
}

void cost_end(struct cost *cost) {
  cost->build_ms = (cpu_ns() - cost->build_ms) / 1e6;
  cost->memory_bytes = heap_bytes() - cost->memory_bytes;
}
