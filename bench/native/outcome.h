// What becomes of a packet, and the counters that say so (assembly/batch.ts, native.ts).
#ifndef OUTCOME_H
#define OUTCOME_H

#include "ip.h"
#include "world.h"

static inline void drop(struct descriptor *descriptor, enum reason reason) {
  descriptor->verdict = VERDICT_DROP;
  descriptor->reason = (uint8_t)reason;
  world.counters.dropped++;
  world.counters.reasons[reason]++;
}

static inline void punt(struct descriptor *descriptor, enum reason reason) {
  descriptor->verdict = VERDICT_PUNT;
  descriptor->reason = (uint8_t)reason;
  world.counters.punted++;
  world.counters.reasons[reason]++;
}

ALWAYS_INLINE int leads_out(const struct next_hop *next_hop) {
  return next_hop->kind == NEXT_HOP_CONNECTED || next_hop->kind == NEXT_HOP_VIA;
}

// Sends along a route that leads out. `ttl` and `tos`: those the packet had on arrival here, or was given since.
ALWAYS_INLINE void send_native(struct descriptor *descriptor, uint8_t *packet, const struct header *header,
                               uint32_t route) {
  const uint32_t mtu = world.next_hops[route - 1].mtu;
  if (header->length > mtu) {
    descriptor->mtu = (uint16_t)mtu;
    punt(descriptor, REASON_TOO_BIG);
    return;
  }
  if (!(descriptor->flags & DESC_ORIGINATED)) set_ttl_and_tos(packet, header->ttl - 1u, header->tos);
  descriptor->next_hop = route;
  descriptor->verdict = VERDICT_NATIVE;
  descriptor->reason = REASON_NONE;
  world.counters.native.packets++;
  world.counters.native.bytes += descriptor->length;
}

// The underlay has the last word.
static inline void by_route(struct descriptor *descriptor, uint8_t *packet, const struct header *header,
                            uint32_t route) {
  if (route == 0) drop(descriptor, REASON_NO_ROUTE);
  else if (!leads_out(&world.next_hops[route - 1])) drop(descriptor, REASON_AGGREGATE_HOLE);
  else send_native(descriptor, packet, header, route);
}

#endif
