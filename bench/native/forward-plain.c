// The engine's order for plain IPv4 (assembly/forward.ts) in plain C: what a careful programmer writes before looking
// at vector instructions. A stage at a time over the batch, so that loads of different packets overlap.
#include "forward.h"
#include "forward-table.h"
#include "outcome.h"

#define PORT_BASE 0xc000u
#define PORT_MASK 0x3fffu
#define UDP_AND_LISP 16u

// Packets of a batch that the Map-Cache is asked about.
struct flight {
  unsigned count;
  uint32_t destination[PACKETS_A_BATCH], hash[PACKETS_A_BATCH];
  uint16_t slot[PACKETS_A_BATCH];
  uint8_t ttl[PACKETS_A_BATCH], tos[PACKETS_A_BATCH];
};

static struct flight flight;
static struct values values;

// 2 to 6: own address, TTL, more specific route, eligible. 1 when the Map-Cache decides.
ALWAYS_INLINE int is_for_lisp(struct descriptor *descriptor, uint8_t *packet, const struct header *header) {
  const uint32_t route = small_longest(&world.routes, header->destination);
  const struct next_hop *next_hop = route == 0 ? NULL : &world.next_hops[route - 1];
  const int is_local = next_hop != NULL && next_hop->kind == NEXT_HOP_LOCAL;
  if (is_not_unicast(header->source) || (!is_local && is_not_unicast(header->destination))) {
    return drop(descriptor, REASON_NOT_UNICAST), 0;
  }
  if (is_local) return punt(descriptor, REASON_LOCAL), 0;
  if (header->ttl <= 1 && !(descriptor->flags & DESC_ORIGINATED)) return punt(descriptor, REASON_TTL_EXPIRED), 0;
  if (next_hop != NULL && leads_out(next_hop) && !(next_hop->flags & NEXT_HOP_DEFAULT_ROUTE)) {
    return send_native(descriptor, packet, header, route), 0;
  }
  const int is_served = (small_union(&world.policies, header->source) & POLICY_ITR_SOURCE) != 0 ||
                        (small_union(&world.policies, header->destination) & POLICY_PITR_DESTINATION) != 0;
  if (is_served && !(descriptor->flags & DESC_UNDERLAY)) return 1;
  return by_route(descriptor, packet, header, route), 0;
}

ALWAYS_INLINE void admit(uint32_t slot) {
  struct descriptor *descriptor = &world.descriptors[slot];
  uint8_t *packet = world.slots + descriptor->buffer + descriptor->offset;
  struct header header;
  const enum reason reason = parse_header(packet, descriptor->length, &header);
  if (reason != REASON_NONE) return drop(descriptor, reason);
  descriptor->length = (uint16_t)header.length;
  // One instance has tables; packets of others meet none.
  if (descriptor->instance != 0) return drop(descriptor, REASON_NO_ROUTE);
  if (!is_for_lisp(descriptor, packet, &header)) return;
  const unsigned at = flight.count++;
  flight.destination[at] = header.destination;
  flight.hash[at] = descriptor->flow_hash = flow_hash(packet, &header);
  flight.slot[at] = (uint16_t)slot;
  flight.ttl[at] = header.ttl;
  flight.tos[at] = header.tos;
}

// Outer headers in front of the packet. Returns the bytes that leave, 0 when it does not.
ALWAYS_INLINE uint32_t encapsulate(const struct entry *entry, unsigned at) {
  struct descriptor *descriptor = &world.descriptors[flight.slot[at]];
  if (entry->action != ACTION_FORWARD) return drop(descriptor, REASON_NO_ACTION), 0;
  if (!(entry->flags & ENTRY_HAS_TARGET)) return drop(descriptor, REASON_NO_USABLE_RLOC), 0;
  const uint32_t hash = flight.hash[at];
  const uint32_t index = world.buckets[entry->bucket_base + (hash >> 16 & entry->bucket_mask)];
  const struct rewrite *rewrite = &world.rewrites[index];
  const struct rewrite_side *side = &world.sides[index];
  const uint32_t length = descriptor->length, total = length + OVERHEAD;
  if (length > side->mtu) {
    descriptor->mtu = (uint16_t)side->mtu;
    return punt(descriptor, REASON_TOO_BIG), 0;
  }
  uint8_t *packet = world.slots + descriptor->buffer + descriptor->offset;
  uint32_t ttl = flight.ttl[at];
  const uint32_t tos = flight.tos[at];
  if (!(descriptor->flags & DESC_ORIGINATED)) set_ttl_and_tos(packet, --ttl, tos);
  uint8_t *outer = packet - OVERHEAD;
  memcpy(outer, rewrite->headers, OVERHEAD);
  outer[1] = (uint8_t)tos;
  store16(outer + 2, total);
  outer[8] = (uint8_t)ttl;
  store16(outer + 10, ~fold(side->sum + tos + total + (ttl << 8)));
  store16(outer + 20, PORT_BASE | (hash & PORT_MASK));
  store16(outer + 24, length + UDP_AND_LISP);
  descriptor->offset = (uint16_t)(descriptor->offset - OVERHEAD);
  descriptor->length = (uint16_t)total;
  descriptor->next_hop = rewrite->next_hop + 1;
  descriptor->verdict = VERDICT_ENCAP;
  descriptor->reason = REASON_NONE;
  return total;
}

ALWAYS_INLINE void forward(enum forward_table table, uint32_t first, unsigned count) {
  flight.count = 0;
  uint64_t received = 0;
  for (unsigned i = 0; i < count; i++) {
    received += world.descriptors[first + i].length;
    admit(first + i);
  }
  look_up(table, flight.destination, &values, flight.count);
  struct packet_count encap = {0, 0};
  for (unsigned i = 0; i < flight.count; i++) {
    const uint32_t match = value_of(table, &values, i);
    if (match == 0) {
      punt(&world.descriptors[flight.slot[i]], REASON_MAP_CACHE_MISS);
      continue;
    }
    world.hits[match - 1]++;
    const uint32_t bytes = encapsulate(&world.entries[match - 1], i);
    encap.packets += bytes != 0;
    encap.bytes += bytes;
  }
  world.counters.received.packets += count;
  world.counters.received.bytes += received;
  world.counters.encap.packets += encap.packets;
  world.counters.encap.bytes += encap.bytes;
}

void forward_plain_lpm(const struct stream *stream, uint32_t first, unsigned count) {
  (void)stream;
  forward(BY_LPM, first, count);
}

void forward_plain_fib(const struct stream *stream, uint32_t first, unsigned count) {
  (void)stream;
  forward(BY_FIB, first, count);
}
