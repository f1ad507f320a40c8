import { isMulticast } from '../base/ip.ts';
import { decodeControl, hasUnrecognizedEid, CONTROL_PORT } from '../wire/control.ts';
import { formatWireError } from '../wire/error.ts';
import { decodeIcmp, type IcmpMessage } from '../wire/icmp.ts';
import { decodeIp, isFragment, type IpPacket } from '../wire/ip-packet.ts';
import { PROTOCOL_ICMP, PROTOCOL_ICMPV6, PROTOCOL_UDP } from '../wire/ipv4.ts';
import { DATA_PORT } from '../wire/lisp-data.ts';
import { decodeRip, RIP_PORT, type RipMessage } from '../wire/rip.ts';
import { decodeUdp } from '../wire/udp.ts';
import type { ReceivedMessage } from '../roles/machine.ts';

/** What a packet to one of the router's own addresses is. */
export type LocalPacket =
  | { readonly kind: 'control'; readonly received: ReceivedMessage }
  /** To the group of RIP, or to an own address. */
  | { readonly kind: 'rip'; readonly ip: IpPacket; readonly sourcePort: number; readonly message: RipMessage }
  | { readonly kind: 'icmp'; readonly ip: IpPacket; readonly message: IcmpMessage }
  /** Part of a packet. */
  | { readonly kind: 'fragment'; readonly ip: IpPacket }
  /** A LISP data packet that came in fragments: the data plane has not seen it as one. */
  | { readonly kind: 'lisp-data' }
  /** Nothing listens on its UDP port. */
  | { readonly kind: 'closed-port' }
  /** Counted under `reason` and forgotten. */
  | { readonly kind: 'refused'; readonly reason: string; readonly detail?: string };

/** Takes a packet apart as far as the router's own services need. `bytes` is a whole IP packet. */
export function readLocalPacket(bytes: Uint8Array): LocalPacket {
  const decodedIp = decodeIp(bytes);
  if (!decodedIp.ok) return refused('ip-malformed', formatWireError(decodedIp.error));
  const ip = decodedIp.value;
  const isGroup = isMulticast(ip.destination);
  if (isFragment(ip)) return isGroup ? refused('group-service') : { kind: 'fragment', ip };
  if (ip.protocol === PROTOCOL_UDP) return readDatagram(ip, isGroup);
  if (isGroup) return refused('group-service');
  if (ip.protocol !== (ip.family === 4 ? PROTOCOL_ICMP : PROTOCOL_ICMPV6)) return refused('local-protocol');
  const icmp = decodeIcmp(ip.payload, ip, ip.headerBytes);
  if (!icmp.ok) return refused('icmp-malformed', formatWireError(icmp.error));
  if (!icmp.value.checksumOk) return refused('icmp-checksum');
  return { kind: 'icmp', ip, message: icmp.value.message };
}

function readDatagram(ip: IpPacket, isGroup: boolean): LocalPacket {
  const udp = decodeUdp(ip.payload, ip, ip.headerBytes);
  if (!udp.ok) return refused('udp-malformed', formatWireError(udp.error));
  const { sourcePort, destinationPort, checksum, payload } = udp.value;
  // CP-02: control messages have 4342 on either side.
  const isControl = sourcePort === CONTROL_PORT || destinationPort === CONTROL_PORT;
  if (checksum === 'bad') return refused(isControl ? 'control-checksum' : 'udp-checksum');
  if (destinationPort === RIP_PORT && ip.family === 4) {
    const message = decodeRip(payload);
    if (!message.ok) return refused('rip-malformed', formatWireError(message.error));
    return { kind: 'rip', ip, sourcePort, message: message.value };
  }
  // Nothing else is offered to a group: whoever listens to one wants what the group is for.
  if (isGroup) return refused('group-service');
  if (!isControl) return { kind: destinationPort === DATA_PORT ? 'lisp-data' : 'closed-port' };
  // CP-01: on the control plane a checksum of zero is no checksum.
  if (checksum === 'zero') return refused('control-checksum-zero');
  const message = decodeControl(payload);
  if (!message.ok) return refused(`control-${message.error.code}`, formatWireError(message.error));
  // LC-04: an EID-Prefix made only of types that nobody here knows.
  if (hasUnrecognizedEid(message.value)) return refused('control-unrecognized-eid');
  return {
    kind: 'control',
    received: {
      message: message.value,
      bytes: payload,
      from: { address: ip.source, port: sourcePort },
      to: { address: ip.destination, port: destinationPort },
    },
  };
}

function refused(reason: string, detail?: string): LocalPacket {
  return detail === undefined ? { kind: 'refused', reason } : { kind: 'refused', reason, detail };
}
