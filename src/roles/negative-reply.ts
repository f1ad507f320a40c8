/** Negative answers of Map-Servers and Map-Resolvers (RFC 9301 §8.3, §8.4): "not an EID, forward natively". */
import { formatIp } from '../base/ip-text.ts';
import type { IpAddress } from '../base/ip.ts';
import { ACTION_NATIVELY_FORWARD } from '../mapping/action.ts';
import { formatEidPrefix, type EidPrefix } from '../mapping/eid.ts';
import type { Mapping } from '../mapping/mapping.ts';
import type { RoleOutput } from './machine.ts';
import { trace } from './outputs.ts';

/** A hole and why it is one. */
export interface NegativeAnswer {
  readonly asked: EidPrefix;
  readonly mapping: Mapping;
  readonly why: 'not-an-eid' | 'unregistered';
}

/** Not authoritative: only ETRs are (CP-16). */
export function negativeAnswer(
  asked: EidPrefix,
  hole: EidPrefix,
  ttlMinutes: number,
  why: NegativeAnswer['why'],
): NegativeAnswer {
  const mapping: Mapping = {
    eid: hole,
    ttlMinutes,
    action: ACTION_NATIVELY_FORWARD,
    authoritative: false,
    mapVersion: 0,
    locators: [],
  };
  return { asked, mapping, why };
}

export function traceNegative(
  out: RoleOutput[],
  source: string,
  { asked, mapping, why }: NegativeAnswer,
  to: IpAddress,
): void {
  trace(out, source, 'negative-reply', {
    eid: formatEidPrefix(asked),
    hole: formatEidPrefix(mapping.eid),
    ttl: mapping.ttlMinutes,
    why,
    to: formatIp(to),
  });
}
