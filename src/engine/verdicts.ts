/** Verdicts and reports, read from descriptors and buffers (docs/memory.md draws them). */
import { ipv4, ipv6, type IpAddress } from '../base/ip.ts';
import {
  DESC_BUFFER_OFFSET,
  DESC_COOKIE_OFFSET,
  DESC_DECAPSULATED,
  DESC_FLAGS_OFFSET,
  DESC_FLOW_HASH_OFFSET,
  DESC_IN_INTERFACE_OFFSET,
  DESC_INSTANCE_OFFSET,
  DESC_MTU_OFFSET,
  DESC_NEXT_HOP_OFFSET,
  DESC_ORIGINATED,
  DESC_REASON_OFFSET,
  DESC_REPORTED,
  DESC_VERDICT_OFFSET,
  REPORT_DESTINATION_OFFSET,
  REPORT_FAMILY_OFFSET,
  REPORT_HEADER_OFFSET,
  REPORT_INNER_FAMILY_OFFSET,
  REPORT_INNER_SOURCE_OFFSET,
  REPORT_SOURCE_OFFSET,
} from '../../assembly/layout.ts';
import type { Verdict } from './data-plane.ts';
import type { TunnelReport } from './marking.ts';
import type { EngineMemory } from './memory.ts';
import { gatewayOf, outInterfaceOf } from './records.ts';

/**
 * What became of the packet of the descriptor at `at`. Built by assignment: spreading objects of several shapes would cost
 * more than the packet did.
 */
export function readVerdict(memory: EngineMemory, at: number): Verdict {
  const { view } = memory;
  const flags = view.getUint8(at + DESC_FLAGS_OFFSET);
  const nextHop = view.getUint32(at + DESC_NEXT_HOP_OFFSET, true);
  const verdict: { -readonly [K in keyof Verdict]: Verdict[K] } = {
    verdict: view.getUint8(at + DESC_VERDICT_OFFSET),
    reason: view.getUint8(at + DESC_REASON_OFFSET),
    inInterface: view.getUint16(at + DESC_IN_INTERFACE_OFFSET, true),
    outInterface: nextHop === 0 ? 0 : outInterfaceOf(memory, nextHop - 1),
    instanceId: view.getUint32(at + DESC_INSTANCE_OFFSET, true),
    originated: (flags & DESC_ORIGINATED) !== 0,
    decapsulated: (flags & DESC_DECAPSULATED) !== 0,
    flowHash: view.getUint32(at + DESC_FLOW_HASH_OFFSET, true),
    mtu: view.getUint16(at + DESC_MTU_OFFSET, true),
    cookie: view.getUint32(at + DESC_COOKIE_OFFSET, true),
  };
  const gateway = nextHop === 0 ? undefined : gatewayOf(memory, nextHop - 1);
  if (gateway !== undefined) verdict.gateway = gateway;
  if ((flags & DESC_REPORTED) !== 0)
    verdict.tunnel = readReport(memory, view.getUint32(at + DESC_BUFFER_OFFSET, true));
  return verdict;
}

function readReport({ view }: EngineMemory, at: number): TunnelReport {
  const family = view.getUint8(at + REPORT_FAMILY_OFFSET);
  const address = (offset: number, of: number): IpAddress => {
    const part = (i: number): number => view.getUint32(at + offset + 4 * i, true);
    return of === 4 ? ipv4(part(0)) : ipv6(part(0), part(1), part(2), part(3));
  };
  const word0 = view.getUint32(at + REPORT_HEADER_OFFSET);
  return {
    source: address(REPORT_SOURCE_OFFSET, family),
    destination: address(REPORT_DESTINATION_OFFSET, family),
    innerSource: address(REPORT_INNER_SOURCE_OFFSET, view.getUint8(at + REPORT_INNER_FAMILY_OFFSET)),
    header: {
      flags: word0 >>> 24,
      word0: word0 & 0xff_ffff,
      word1: view.getUint32(at + REPORT_HEADER_OFFSET + 4),
    },
  };
}
