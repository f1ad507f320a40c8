// The records that the engine forwards by, as assembly/layout.ts draws them.
#ifndef RECORDS_H
#define RECORDS_H

#include <stdint.h>

enum verdict { VERDICT_NONE, VERDICT_NATIVE, VERDICT_ENCAP, VERDICT_PUNT, VERDICT_DROP };

enum reason {
  REASON_NONE = 0,
  REASON_LOCAL = 1,
  REASON_MAP_CACHE_MISS = 2,
  REASON_TTL_EXPIRED = 4,
  REASON_TOO_BIG = 5,
  REASON_TRUNCATED = 16,
  REASON_BAD_VERSION = 17,
  REASON_BAD_HEADER = 18,
  REASON_BAD_CHECKSUM = 19,
  REASON_NOT_UNICAST = 20,
  REASON_LISP_TRUNCATED = 24,
  REASON_UDP_CHECKSUM = 25,
  REASON_LISP_KEY = 26,
  REASON_UNKNOWN_INSTANCE = 27,
  REASON_BAD_INNER = 28,
  REASON_ECN = 29,
  REASON_SOURCE_DENIED = 31,
  REASON_NO_ACTION = 40,
  REASON_NO_USABLE_RLOC = 44,
  REASON_NO_ROUTE = 45,
  REASON_AGGREGATE_HOLE = 46,
  REASON_COUNT = 64,
};

#define POLICY_ITR_SOURCE 1u
#define POLICY_PITR_DESTINATION 4u
#define POLICY_PETR_SOURCE 8u

#define ACTION_FORWARD 8
#define ENTRY_HAS_TARGET 1

struct entry {
  uint8_t action, flags;
  uint16_t bucket_mask;
  uint32_t bucket_base, instance, serial;
};

struct rewrite {
  uint8_t headers[56];
  uint8_t length, family;
  uint16_t interface;
  uint32_t next_hop;
};

struct rewrite_side {
  uint32_t sum; // of the IPv4 header words that no packet changes
  uint32_t mtu; // the largest inner packet
  uint64_t zero;
};

enum next_hop_kind { NEXT_HOP_LOCAL = 1, NEXT_HOP_CONNECTED, NEXT_HOP_VIA, NEXT_HOP_DISCARD };
#define NEXT_HOP_DEFAULT_ROUTE 1

struct next_hop {
  uint8_t kind, flags;
  uint16_t interface;
  uint32_t mtu, gateway_family, zero, gateway[4];
};

#define DESC_ORIGINATED 1
#define DESC_DECAPSULATED 2
#define DESC_UNDERLAY 4

struct descriptor {
  uint32_t buffer; // from the first byte of all buffers
  uint16_t offset, length, in_interface;
  uint8_t verdict, flags, reason, zero;
  uint16_t mtu;
  uint32_t next_hop; // index + 1
  uint32_t flow_hash, instance, cookie;
};

_Static_assert(sizeof(struct entry) == 16 && sizeof(struct rewrite) == 64, "as the engine's");
_Static_assert(sizeof(struct rewrite_side) == 16 && sizeof(struct next_hop) == 32, "as the engine's");
_Static_assert(sizeof(struct descriptor) == 32, "as the engine's");

struct packet_count {
  uint64_t packets, bytes;
};

struct counters {
  struct packet_count received, native, encap, decap;
  uint64_t punted, dropped, reasons[REASON_COUNT];
};

#endif
