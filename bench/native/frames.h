// What arrives: a ring of packets, of which only the (inner) destination changes.
#ifndef FRAMES_H
#define FRAMES_H

#include "world.h"

#define FRAMES 1024u
#define FRAME_BYTES 64u
#define LISP_FRAME_BYTES (OVERHEAD + FRAME_BYTES)

// What a receiver needs beside the bytes.
struct frame_side {
  uint32_t sum; // header words of the packet that changes, its destination and checksum taken as 0
  uint32_t own; // not 0: the destination, whatever the trace says
  uint32_t length; // as the interface says
};

// Slot s gets frame s % FRAMES.
struct frames {
  uint8_t plain[FRAMES][FRAME_BYTES], lisp[FRAMES][128];
  struct frame_side plain_side[FRAMES], lisp_side[FRAMES];
} __attribute__((aligned(64)));

// Clean ones; or such that one in eight is malformed or out of the ordinary.
const struct frames *frames_open(int dirty);

#endif
