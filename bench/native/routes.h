// The records of routes4.bin and routes6.bin, little-endian and without padding.
#ifndef ROUTES_H
#define ROUTES_H

#include <stdint.h>

struct route4 {
  uint32_t prefix;   // host order, no bits beyond `bits`
  uint32_t bits;     // 1..32
  uint32_t next_hop; // 1 ..
};

struct route6 {
  uint8_t prefix[16]; // network order
  uint32_t bits;      // 1..128
  uint32_t next_hop;
};

static inline uint32_t mask4(unsigned bits) {
  return bits == 0 ? 0 : 0xffffffffu << (32 - bits);
}

// Byte `byte` of an IPv6 mask.
static inline uint8_t mask6(unsigned bits, unsigned byte) {
  return bits >= 8 * byte + 8 ? 0xff : bits <= 8 * byte ? 0 : (uint8_t)(0xff00u >> (bits - 8 * byte));
}

#endif
