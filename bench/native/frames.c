#include "frames.h"

#include <stdlib.h>

#include "bytes.h"
#include "random.h"

#define TCP 6
#define UDP 17
#define ICMP 1

static struct random dice;

// The header sum that receivers finish: without destination and checksum.
static void seal(struct frame_side *side, uint8_t *packet) {
  store16(packet + 10, 0);
  store32(packet + 16, 0);
  side->sum = sum_words(packet, (packet[0] & 15u) < 5 ? 20 : (packet[0] & 15u) * 4);
}

// A packet of 64 bytes: TCP and UDP mostly, a few ICMP; some with a DSCP.
static void fill_packet(uint8_t *packet, uint32_t site) {
  static const uint8_t protocols[] = {TCP, TCP, TCP, TCP, TCP, TCP, TCP, TCP, TCP, UDP, UDP, UDP, UDP, UDP, UDP, ICMP};
  memset(packet, 0, FRAME_BYTES);
  packet[0] = 0x45;
  packet[1] = (uint8_t)(random_below(&dice, 4) == 0 ? random_below(&dice, 64) << 2 : 0);
  store16(packet + 2, FRAME_BYTES);
  store16(packet + 4, (uint32_t)random_next(&dice));
  store16(packet + 6, 0x4000);
  packet[8] = 64;
  packet[9] = protocols[random_below(&dice, sizeof protocols)];
  store32(packet + 12, site | (uint32_t)random_below(&dice, 1 << 22));
  store32(packet + 20, (uint32_t)random_next(&dice));
  store16(packet + 24, FRAME_BYTES - 20);
}

// One way or another out of the ordinary, by number.
static void spoil_plain(uint8_t *packet, struct frame_side *side, unsigned way) {
  switch (way % 16) {
    case 0: packet[8] = 1; break;
    case 1: packet[8] = 0; break;
    case 2: packet[0] = 0x75; break;
    case 3: packet[0] = 0x44; break;
    case 4: packet[0] = 0x46; break; // options
    case 5: store16(packet + 2, FRAME_BYTES + 1); break;
    case 6: store16(packet + 2, 19); break;
    case 7: store16(packet + 2, 22); break; // no room for ports
    case 8: store16(packet + 6, 0x2000); break;
    case 9: store16(packet + 6, 0x0007); break;
    case 10: store32(packet + 12, 0x0b000001); break; // of no site
    case 11: store32(packet + 12, 0xe0000005); break;
    case 12: side->length = 10; break;
    case 13: side->own = OWN_RLOC; break;
    case 14: side->own = ATTACHED | 77; break;
    case 15: side->length = 1500; store16(packet + 2, 1500); break;
  }
}

static void spoil_lisp(uint8_t *outer, struct frame_side *side, unsigned way) {
  uint8_t *udp = outer + 20, *lisp = udp + 8, *inner = outer + OVERHEAD;
  switch (way % 16) {
    case 0: store16(udp + 4, 15); break;
    case 1: store16(udp + 4, LISP_FRAME_BYTES); break;
    case 2: store16(udp + 6, 0x1234); break;
    case 3: lisp[0] = 0x02; break;
    case 4: lisp[0] = 0x08, store32(lisp + 4, 7 << 8); break;
    case 5: inner[0] = 0x75; break;
    case 6: store16(inner + 2, FRAME_BYTES + 1); break;
    case 7: outer[1] |= 3; break;
    case 8: outer[1] |= 3, inner[1] |= 2; break;
    case 9: outer[1] |= 1, inner[1] |= 2; break;
    case 10: store32(inner + 12, 0x0b000001); break;
    case 11: store16(udp + 2, 53); break;
    case 12: inner[8] = 1; break;
    case 13: outer[8] = 1; break;
    case 14: outer[1] ^= 0x28; break;
    case 15: side->own = ATTACHED | 77; break;
  }
}

static void fill_lisp(uint8_t *outer, uint32_t number) {
  uint8_t *inner = outer + OVERHEAD;
  fill_packet(inner, SERVED);
  outer[0] = 0x45;
  outer[1] = inner[1];
  store16(outer + 2, LISP_FRAME_BYTES);
  store16(outer + 6, 0x4000);
  outer[8] = 60;
  outer[9] = UDP;
  store32(outer + 12, FIRST_LOCATOR + number % REWRITES);
  store32(outer + 16, OWN_RLOC);
  store16(outer + 20, 0xc000 | (uint32_t)random_below(&dice, 0x4000));
  store16(outer + 22, LISP_PORT);
  store16(outer + 24, LISP_FRAME_BYTES - 20);
}

static struct frames *made(int dirty) {
  struct frames *frames = aligned_alloc(64, sizeof *frames);
  memset(frames, 0, sizeof *frames);
  dice = random_seeded(0);
  for (uint32_t i = 0; i < FRAMES; i++) {
    uint8_t *plain = frames->plain[i], *lisp = frames->lisp[i];
    struct frame_side *plain_side = &frames->plain_side[i], *lisp_side = &frames->lisp_side[i];
    plain_side->length = FRAME_BYTES;
    lisp_side->length = LISP_FRAME_BYTES;
    fill_packet(plain, OWN_SITE);
    fill_lisp(lisp, i);
    if (dirty && i % 8 == 5) {
      spoil_plain(plain, plain_side, i / 8);
      spoil_lisp(lisp, lisp_side, i / 8);
    }
    seal(plain_side, plain);
    seal(lisp_side, lisp + OVERHEAD);
    store16(lisp + 10, ~sum_words(lisp, 20));
    // A wrong checksum now and then: of the packet that changes, or of what is around it.
    if (dirty && i % 64 == 3) plain_side->sum ^= 1, lisp_side->sum ^= 1;
    if (dirty && i % 64 == 35) lisp[10] ^= 1;
  }
  return frames;
}

const struct frames *frames_open(int dirty) {
  static struct frames *known[2];
  if (known[dirty != 0] == NULL) known[dirty != 0] = made(dirty);
  return known[dirty != 0];
}
