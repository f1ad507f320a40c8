/**
 * `pxtr/wire`: packets of IPv4, IPv6, UDP, ICMP and LISP, data and control, from bytes and to bytes. Decoding never
 * throws and keeps views of the bytes it was given; encoding gives bytes that belong to the caller.
 */

export type * from './packet-types.ts';
export * from './addresses.ts';
export { formatWireError } from '../wire/error.ts';

// Whole packets, layer by layer.
export { checksumErrorsOf, controlOf, decodePacket, errorsOf, layersOf } from '../wire/packet.ts';

// One layer at a time.
export { decodeIp, decrementTtl, encodeIp, isFragment } from '../wire/ip-packet.ts';
export { buildUdpPacket, decodeUdp, encodeUdp } from '../wire/udp.ts';
export { buildIcmpPacket, decodeIcmp, encodeIcmp } from '../wire/icmp.ts';

// RIP version 2.
export { decodeRip, encodeRip, ripPrefix } from '../wire/rip.ts';

// LISP.
export {
  DATA_PORT,
  decodeLispData,
  encodeLispData,
  instanceOf,
  LISP_HEADER_BYTES,
  lispDataHeader,
} from '../wire/lisp-data.ts';
export { CONTROL_PORT, decodeControl, encodeControl } from '../wire/control.ts';
export { addressIp, eidAddress, lispIp, splitEid } from '../wire/lisp-address.ts';
