// Forwarding contenders, packet by packet: their digest, and their packets for others to judge.
#ifndef PACKETS_H
#define PACKETS_H

#include "contender.h"
#include "digest.h"

// Why such a stream of packets cannot be, or NULL.
const char *packets_refuse(const struct stream *stream);

// Over verdicts and bytes of all packets.
struct digest packets_digest(const struct contender *who, const struct stream *stream);

// Prints, as JSON, each packet as received and as it leaves.
void packets_show(const struct contender *who, const struct stream *stream);

#endif
