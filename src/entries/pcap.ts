/**
 * `pxtr/pcap`: capture files, pcap and pcapng, and packets in words. Times are microseconds since the epoch of the
 * file; what a lab writes counts from its start.
 */

export type * from './packet-types.ts';
export type { Family, IpAddress, IpPrefix } from '../base/ip.ts';
export { formatWireError } from '../wire/error.ts';

// Files.
export { readCapture } from '../wire/read-capture.ts';
export { isPcap, readPcap, writePcap, type PcapOptions } from '../wire/pcap.ts';
export { isPcapng, readPcapng } from '../wire/pcapng.ts';
export { PcapngWriter } from '../wire/pcapng-writer.ts';
export {
  LINK_ETHERNET,
  LINK_IPV4,
  LINK_IPV6,
  LINK_LINUX_SLL,
  LINK_LINUX_SLL2,
  LINK_LOOP,
  LINK_NULL,
  LINK_RAW,
  networkLayer,
  type Capture,
  type CaptureInterface,
  type CapturePacket,
} from '../wire/capture.ts';

// What is in a packet.
export { decodePacket, layersOf } from '../wire/packet.ts';
export { describePacket } from '../wire/describe.ts';
export { describeTree } from '../wire/describe-tree.ts';
export { renderTree, type TreeNode } from '../wire/tree.ts';
