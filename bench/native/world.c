#include "world.h"

#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "tables.h"

struct world world;

#define ROW_OF_TWO 16

static void *zeroed(size_t bytes) {
  const size_t whole = (bytes + 4095) & ~(size_t)4095;
  return memset(aligned_alloc(4096, whole), 0, whole);
}

// Outer headers toward a locator; what differs from packet to packet is 0.
static void fill_rewrite(uint32_t index) {
  struct rewrite *rewrite = &world.rewrites[index];
  uint8_t *headers = rewrite->headers;
  headers[0] = 0x45;
  store16(headers + 6, 0x4000); // DF
  headers[9] = 17;
  store32(headers + 12, OWN_RLOC);
  store32(headers + 16, FIRST_LOCATOR + index);
  store16(headers + 22, LISP_PORT);
  rewrite->length = OVERHEAD;
  rewrite->family = 4;
  rewrite->interface = 1;
  rewrite->next_hop = NEXT_HOP_LOCATORS;
  world.sides[index].sum = sum_words(headers, 20);
  world.sides[index].mtu = LINK_MTU - OVERHEAD;
}

static void fill_entry(uint32_t index) {
  const uint32_t two = index % 4 == 3;
  const uint32_t base = index * ROW_OF_TWO;
  world.entries[index] = (struct entry){
      .action = ACTION_FORWARD,
      .flags = ENTRY_HAS_TARGET,
      .bucket_mask = two ? ROW_OF_TWO - 1 : 0,
      .bucket_base = base,
  };
  for (uint32_t i = 0; i < ROW_OF_TWO; i++) {
    world.buckets[base + i] = (index + (two && i >= ROW_OF_TWO / 2)) % REWRITES;
  }
}

void world_open(void) {
  if (world.slots != NULL) return;
  world.slots = zeroed((size_t)SLOTS * STRIDE_LARGEST);
  world.descriptors = zeroed(SLOTS * sizeof *world.descriptors);
  world.entry_count = loaded.next_hops;
  world.entries = zeroed(world.entry_count * sizeof *world.entries);
  world.hits = zeroed(world.entry_count * sizeof *world.hits);
  world.buckets = zeroed((size_t)world.entry_count * ROW_OF_TWO * sizeof *world.buckets);
  world.rewrites = zeroed(REWRITES * sizeof *world.rewrites);
  world.sides = zeroed(REWRITES * sizeof *world.sides);
  for (uint32_t i = 0; i < REWRITES; i++) fill_rewrite(i);
  for (uint32_t i = 0; i < world.entry_count; i++) fill_entry(i);

  world.next_hops = zeroed((NEXT_HOP_COUNT + world.entry_count) * sizeof *world.next_hops);
  const struct next_hop out = {
      .kind = NEXT_HOP_VIA, .interface = 1, .mtu = LINK_MTU, .gateway_family = 4, .gateway = {GATEWAY}};
  world.next_hops[NEXT_HOP_OWN] = (struct next_hop){.kind = NEXT_HOP_LOCAL, .mtu = LINK_MTU};
  world.next_hops[NEXT_HOP_OUT] = world.next_hops[NEXT_HOP_LOCATORS] = out;
  world.next_hops[NEXT_HOP_OUT].flags = NEXT_HOP_DEFAULT_ROUTE;
  world.next_hops[NEXT_HOP_ATTACHED] = (struct next_hop){.kind = NEXT_HOP_CONNECTED, .interface = 2, .mtu = LINK_MTU};
  for (uint32_t i = 0; i < world.entry_count; i++) {
    world.next_hops[NEXT_HOP_COUNT + i] = out;
    world.next_hops[NEXT_HOP_COUNT + i].interface = (uint16_t)(i % 64);
  }
  world.routes = (struct small_table){3, {{0xffffffff, OWN_RLOC, NEXT_HOP_OWN + 1},
                                          {0xffff0000, ATTACHED, NEXT_HOP_ATTACHED + 1},
                                          {0, 0, NEXT_HOP_OUT + 1}}};
  world.policies = (struct small_table){
      2, {{0xffc00000, SERVED, POLICY_PETR_SOURCE}, {0xff000000, OWN_SITE, POLICY_ITR_SOURCE}}};
}
