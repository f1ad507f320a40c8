// Writes a table and the addresses to look up in it.
//
//   gen <prefixes> <folder> [--seed N] [--next-hops N] [--keys4 N] [--keys6 N]
//
//   routes4.bin   { u32 prefix, u32 bits, u32 next hop }           in random order, random next hops
//   routes6.bin   { 16 bytes network order, u32 bits, u32 next hop }
//   k4rand k4unif k4zipf .bin   u32 addresses in host order
//   k6rand k6zipf        .bin   16 bytes each, network order
//
// Of a family without prefixes there are no keys, and its table is empty. Numbers are little-endian. rand: a random prefix and random host bits; unif: 32 random bits; zipf: Zipf(1.0) over
// 2^20 addresses of the first sort. Seed 0 is the default.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prefixes.h"

#define ZIPF_ADDRESSES (1u << 20)

static struct random dice;
static struct prefixes table;
static const char *folder;

static void *room(size_t count, size_t size) {
  void *got = calloc(count, size);
  if (got == NULL) {
    fprintf(stderr, "gen: out of memory\n");
    exit(1);
  }
  return got;
}

static void save(const char *name, const void *records, size_t size, size_t count) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *file = fopen(path, "wb");
  if (file == NULL || fwrite(records, size, count, file) != count || fclose(file) != 0) {
    perror(path);
    exit(1);
  }
}

// Fisher and Yates: a table is rarely filled in the order of its addresses.
static void shuffle4(struct route4 *routes, size_t count) {
  for (size_t i = count; i-- > 1;) {
    const size_t other = random_below(&dice, i + 1);
    const struct route4 held = routes[i];
    routes[i] = routes[other];
    routes[other] = held;
  }
}

static void shuffle6(struct route6 *routes, size_t count) {
  for (size_t i = count; i-- > 1;) {
    const size_t other = random_below(&dice, i + 1);
    const struct route6 held = routes[i];
    routes[i] = routes[other];
    routes[other] = held;
  }
}

static uint32_t address4(void) {
  const struct route4 *route = &table.routes4[random_below(&dice, table.count4)];
  return route->prefix | ((uint32_t)random_next(&dice) & ~mask4(route->bits));
}

static void address6(uint8_t *to) {
  const struct route6 *route = &table.routes6[random_below(&dice, table.count6)];
  uint8_t noise[16];
  for (unsigned half = 0; half < 2; half++) {
    const uint64_t word = random_next(&dice);
    memcpy(noise + 8 * half, &word, sizeof word);
  }
  for (unsigned i = 0; i < 16; i++) to[i] = route->prefix[i] | (noise[i] & (uint8_t)~mask6(route->bits, i));
}

// Ranks 0 .. ZIPF_ADDRESSES - 1, rank r with a share of 1 / (r + 1).
static uint32_t *zipf_ranks(size_t count) {
  double *reached = room(ZIPF_ADDRESSES, sizeof *reached);
  double total = 0;
  for (uint32_t rank = 0; rank < ZIPF_ADDRESSES; rank++) reached[rank] = total += 1.0 / (rank + 1.0);
  uint32_t *ranks = room(count, sizeof *ranks);
  for (size_t i = 0; i < count; i++) {
    const double at = (double)(random_next(&dice) >> 11) * 0x1p-53 * total;
    uint32_t low = 0, high = ZIPF_ADDRESSES - 1;
    while (low < high) {
      const uint32_t middle = (low + high) / 2;
      if (reached[middle] < at) low = middle + 1;
      else high = middle;
    }
    ranks[i] = low;
  }
  free(reached);
  return ranks;
}

// Returns the ranks of zipf.
static uint32_t *traces4(size_t count) {
  uint32_t *keys = room(count, sizeof *keys);
  for (size_t i = 0; i < count; i++) keys[i] = address4();
  save("k4rand.bin", keys, sizeof *keys, count);
  for (size_t i = 0; i < count; i++) keys[i] = (uint32_t)(random_next(&dice) >> 16);
  save("k4unif.bin", keys, sizeof *keys, count);
  uint32_t *popular = room(ZIPF_ADDRESSES, sizeof *popular);
  for (size_t i = 0; i < ZIPF_ADDRESSES; i++) popular[i] = address4();
  uint32_t *ranks = zipf_ranks(count);
  for (size_t i = 0; i < count; i++) keys[i] = popular[ranks[i]];
  save("k4zipf.bin", keys, sizeof *keys, count);
  free(popular);
  free(keys);
  return ranks;
}

static void traces6(size_t count, const uint32_t *ranks) {
  uint8_t(*keys)[16] = room(count, sizeof *keys);
  for (size_t i = 0; i < count; i++) address6(keys[i]);
  save("k6rand.bin", keys, sizeof *keys, count);
  uint8_t(*popular)[16] = room(ZIPF_ADDRESSES, sizeof *popular);
  for (size_t i = 0; i < ZIPF_ADDRESSES; i++) address6(popular[i]);
  for (size_t i = 0; i < count; i++) memcpy(keys[i], popular[ranks[i]], sizeof keys[i]);
  save("k6zipf.bin", keys, sizeof *keys, count);
  free(popular);
  free(keys);
}

int main(int count, char **words) {
  uint64_t seed = 0, next_hops = 1000, keys4 = 1u << 24, keys6 = 1u << 23;
  const struct {
    const char *name;
    uint64_t *value;
  } options[] = {{"--seed", &seed}, {"--next-hops", &next_hops}, {"--keys4", &keys4}, {"--keys6", &keys6}};
  int bad = count < 3 || count % 2 == 0;
  for (int i = 3; i + 1 < count && !bad; i += 2) {
    bad = 1;
    for (size_t o = 0; o < sizeof options / sizeof *options; o++) {
      if (strcmp(words[i], options[o].name) == 0) *options[o].value = strtoull(words[i + 1], NULL, 10), bad = 0;
    }
  }
  // IPv6 keys use the ranks drawn for IPv4.
  if (bad || next_hops < 1 || next_hops > 0xffffff || keys6 < 1 || keys4 < keys6) {
    fprintf(stderr, "usage: gen <prefixes> <folder> [--seed N] [--next-hops N] [--keys4 N] [--keys6 N <= keys4]\n");
    return 2;
  }
  folder = words[2];
  dice = random_seeded(seed);
  table = read_prefixes(words[1], (uint32_t)next_hops, &dice);
  shuffle4(table.routes4, table.count4);
  shuffle6(table.routes6, table.count6);
  save("routes4.bin", table.routes4, sizeof *table.routes4, table.count4);
  save("routes6.bin", table.routes6, sizeof *table.routes6, table.count6);
  uint32_t *ranks = table.count4 != 0 ? traces4(keys4) : zipf_ranks(keys4);
  if (table.count6 != 0) traces6(keys6, ranks);
  free(ranks);
  return 0;
}
