// The same work as forward-plain.c, LANES packets at once: headers are checked, hashed and composed in vectors, with
// the words of all packets side by side. A batch with anything but ordinary packets goes through the plain loop, before
// any byte of it has been changed. Included by a file that has chosen a width: wide4.h or wide16.h.
#include "forward-table.h"
#include "forward.h"
#include "world.h"

#define GROUPS (PACKETS_A_BATCH / LANES)
#define ALL(value) ((wide){0} + (uint32_t)(value))

// What is known of the packets of a batch, a vector for LANES of them.
struct flight {
  uint8_t *packets[PACKETS_A_BATCH];
  wide lengths[GROUPS];     // as received
  wide totals[GROUPS];      // as the header says
  wide words0[GROUPS];      // version, TOS, total length
  wide words2[GROUPS];      // TTL, protocol, checksum
  wide destinations[GROUPS], hashes[GROUPS];
  uint32_t rewrites[PACKETS_A_BATCH], sums[PACKETS_A_BATCH], mtus[PACKETS_A_BATCH], matches[PACKETS_A_BATCH];
} __attribute__((aligned(64)));

static struct flight flight;
static struct values values;

ALWAYS_INLINE wide fold_wide(wide sum) {
  sum = (sum & 0xffff) + (sum >> 16);
  return (sum & 0xffff) + (sum >> 16);
}

ALWAYS_INLINE wide rotate_wide(wide word, unsigned bits) {
  return word << bits | word >> (32 - bits);
}

ALWAYS_INLINE wide mix_wide(wide hash, wide word) {
  return rotate_wide(hash ^ rotate_wide(word * 0xcc9e2d51, 15) * 0x1b873593, 13) * 5 + 0xe6546b64;
}

ALWAYS_INLINE wide hash_wide(wide source, wide destination, wide ports, wide protocol) {
  wide hash = mix_wide(mix_wide(mix_wide(mix_wide(ALL(0), source), destination), ports), protocol);
  hash ^= 16;
  hash = (hash ^ hash >> 16) * 0x85ebca6b;
  hash = (hash ^ hash >> 13) * 0xc2b2ae35;
  return hash ^ hash >> 16;
}

ALWAYS_INLINE wide sum_halves(wide word) {
  return (word & 0xffff) + (word >> 16);
}

ALWAYS_INLINE wide is_not_unicast_wide(wide address) {
  return (wide)(address >> 28 == 0xe) | (wide)(address == 0xffffffff) | (wide)(address == 0);
}

// Lanes whose route is not the default route: an own address, something attached, or none.
ALWAYS_INLINE wide is_routed_wide(wide destination) {
  wide routed = ALL(0), undecided = ~ALL(0);
  for (unsigned i = 0; i < world.routes.count; i++) {
    const struct small_row *row = &world.routes.rows[i];
    const wide match = (wide)((destination & row->mask) == row->prefix) & undecided;
    const int is_default = (world.next_hops[row->value - 1].flags & NEXT_HOP_DEFAULT_ROUTE) != 0;
    if (!is_default) routed |= match;
    undecided &= ~match;
  }
  return routed | undecided;
}

ALWAYS_INLINE wide policies_wide(wide address) {
  wide flags = ALL(0);
  for (unsigned i = 0; i < world.policies.count; i++) {
    const struct small_row *row = &world.policies.rows[i];
    flags |= (wide)((address & row->mask) == row->prefix) & row->value;
  }
  return flags;
}

// Checks the headers of a group and keeps what later stages need. Returns the lanes out of the ordinary.
ALWAYS_INLINE wide admit(unsigned group) {
  wide first[4], second[4];
  gather_words(&flight.packets[group * LANES], 0, first);
  gather_words(&flight.packets[group * LANES], 4, second);
  wide sum = sum_halves(second[0]);
  for (unsigned i = 0; i < 4; i++) sum += sum_halves(first[i]);
  const wide word0 = swap_bytes(first[0]), word1 = swap_bytes(first[1]), word2 = swap_bytes(first[2]);
  const wide source = swap_bytes(first[3]), destination = swap_bytes(second[0]), ports = swap_bytes(second[1]);
  const wide total = word0 & 0xffff, protocol = word2 >> 16 & 0xff;
  // Too short for ports is out of the ordinary too: the plain loop knows what to do.
  wide odd = (wide)(word0 >> 24 != 0x45) | (wide)(total < IPV4_BYTES + 4) | (wide)(total > flight.lengths[group]);
  odd |= (wide)(fold_wide(sum) != 0xffff);
  odd |= is_not_unicast_wide(source) | is_not_unicast_wide(destination);
  odd |= is_routed_wide(destination) | (wide)(word2 >> 24 <= 1);
  const wide served =
      (policies_wide(source) & POLICY_ITR_SOURCE) | (policies_wide(destination) & POLICY_PITR_DESTINATION);
  odd |= (wide)(served == 0);
  const wide has_ports = ((wide)(protocol == 6) | (wide)(protocol == 17) | (wide)(protocol == 132)) &
                         (wide)((word1 & 0x3fff) == 0);
  flight.totals[group] = total;
  flight.words0[group] = word0;
  flight.words2[group] = word2;
  flight.destinations[group] = destination;
  flight.hashes[group] = hash_wide(source, destination, ports & has_ports, protocol);
  return odd;
}

// Packets and their lengths. Returns whether some packet is marked or belongs to another instance.
ALWAYS_INLINE uint32_t collect(uint32_t first, unsigned count, uint64_t *bytes) {
  uint32_t *lengths = (uint32_t *)flight.lengths, odd = 0;
  uint64_t sum = 0;
  for (unsigned i = 0; i < count; i++) {
    const struct descriptor *descriptor = &world.descriptors[first + i];
    flight.packets[i] = world.slots + descriptor->buffer + descriptor->offset;
    sum += lengths[i] = descriptor->length;
    odd |= descriptor->flags | descriptor->instance;
  }
  *bytes = sum;
  return odd;
}

// From value to rewrite. Returns whether some packet has no locator.
ALWAYS_INLINE uint32_t choose(enum forward_table table, unsigned count) {
  const uint32_t *hashes = (const uint32_t *)flight.hashes;
  uint32_t odd = 0;
  for (unsigned i = 0; i < count; i++) {
    const uint32_t match = value_of(table, &values, i);
    odd |= match == 0;
    const struct entry *entry = &world.entries[(match - 1) & -(match != 0)];
    odd |= (entry->action ^ ACTION_FORWARD) | (~entry->flags & ENTRY_HAS_TARGET);
    const uint32_t index = world.buckets[entry->bucket_base + (hashes[i] >> 16 & entry->bucket_mask)];
    flight.matches[i] = match;
    flight.rewrites[i] = index;
    flight.sums[i] = world.sides[index].sum;
    flight.mtus[i] = world.sides[index].mtu;
  }
  return odd;
}

ALWAYS_INLINE wide load_wide(const uint32_t *from) {
  wide loaded;
  memcpy(&loaded, from, sizeof loaded);
  return loaded;
}

// Composes the words that differ from packet to packet, for LANES packets; then writes packet by packet.
ALWAYS_INLINE void encapsulate(uint32_t first, unsigned group) {
  const wide total = flight.totals[group], hash = flight.hashes[group], outer_total = total + OVERHEAD;
  const wide word0 = flight.words0[group], word2 = flight.words2[group];
  // TTL - 1; the checksum follows by RFC 1624, equation 3.
  const wide before = word2 >> 16, after = before - 0x100;
  const wide checksum = ~fold_wide((~word2 & 0xffff) + (~before & 0xffff) + after) & 0xffff;
  const wide inner2 = swap_bytes(after << 16 | checksum);
  const wide ttl = after >> 8, tos = word0 >> 16 & 0xff;
  const wide outer_sum = load_wide(&flight.sums[group * LANES]) + tos + outer_total + (ttl << 8);
  wide patch[4] = {
      swap_bytes(ALL(0x45000000) | tos << 16 | outer_total),
      swap_bytes(ttl << 24 | 17 << 16 | (~fold_wide(outer_sum) & 0xffff)),
      swap_bytes((0xc000 | (hash & 0x3fff)) << 16 | LISP_PORT),
      swap_bytes((total + 16) << 16),
  };
  uint32_t rows[LANES][4] __attribute__((aligned(64)));
  scatter_words(patch, rows);
  for (unsigned lane = 0; lane < LANES; lane++) {
    const unsigned i = group * LANES + lane;
    const struct rewrite *rewrite = &world.rewrites[flight.rewrites[i]];
    uint8_t *packet = flight.packets[i];
    const uint32_t ttl_and_checksum = inner2[lane];
    memcpy(packet + 8, &ttl_and_checksum, 4);
    put_headers(packet - OVERHEAD, rewrite->headers, rows[lane]);
    struct descriptor *descriptor = &world.descriptors[first + i];
    descriptor->offset = (uint16_t)(descriptor->offset - OVERHEAD);
    descriptor->length = (uint16_t)outer_total[lane];
    descriptor->verdict = VERDICT_ENCAP;
    descriptor->reason = REASON_NONE;
    descriptor->next_hop = rewrite->next_hop + 1;
    descriptor->flow_hash = hash[lane];
    world.hits[flight.matches[i] - 1]++;
  }
}

// 0: the batch is untouched and not for this loop.
ALWAYS_INLINE int forward(enum forward_table table, uint32_t first, unsigned count) {
  const unsigned groups = count / LANES;
  uint64_t received;
  if (count % LANES != 0 || collect(first, count, &received) != 0) return 0;
  wide odd = ALL(0);
  for (unsigned group = 0; group < groups; group++) odd |= admit(group);
  if (any(odd)) return 0;
  look_up(table, (uint32_t *)flight.destinations, &values, count);
  if (choose(table, count) != 0) return 0;
  wide sent = ALL(0);
  for (unsigned group = 0; group < groups; group++) {
    odd |= (wide)(flight.totals[group] > load_wide(&flight.mtus[group * LANES]));
    sent += flight.totals[group] + OVERHEAD;
  }
  if (any(odd)) return 0;
  for (unsigned group = 0; group < groups; group++) encapsulate(first, group);
  world.counters.received.packets += count;
  world.counters.received.bytes += received;
  world.counters.encap.packets += count;
  for (unsigned lane = 0; lane < LANES; lane++) world.counters.encap.bytes += sent[lane];
  return 1;
}
