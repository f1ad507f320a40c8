/** Whether two data planes said the same of a packet; quick, since it is asked a hundred million times. */
import { toHex } from '../../src/base/bytes.ts';
import { sameIp, type IpAddress } from '../../src/base/ip.ts';
import type { Verdict } from '../../src/engine/data-plane.ts';
import type { TunnelReport } from '../../src/engine/marking.ts';

/** What became of a packet. */
export interface Outcome {
  readonly verdict: Verdict;
  readonly bytes: Uint8Array;
}

const FIELDS = [
  'verdict',
  'reason',
  'inInterface',
  'outInterface',
  'instanceId',
  'originated',
  'decapsulated',
  'flowHash',
  'mtu',
  'cookie',
] as const;

/** Names the packet, the field and both values; undefined when there is none. */
export function firstDifference(model: Outcome, engine: Outcome, where: string): string | undefined {
  const [a, b] = [model.verdict, engine.verdict];
  for (const field of FIELDS) {
    if (a[field] !== b[field])
      return `${where}: ${field}: model ${String(a[field])}, engine ${String(b[field])}`;
  }
  if (!isSameAddress(a.gateway, b.gateway))
    return `${where}: gateway: model ${JSON.stringify(a.gateway)}, engine ${JSON.stringify(b.gateway)}`;
  if (!isSameReport(a.tunnel, b.tunnel))
    return `${where}: tunnel: model ${JSON.stringify(a.tunnel)}, engine ${JSON.stringify(b.tunnel)}`;
  if (Buffer.compare(model.bytes, engine.bytes) !== 0)
    return `${where}: bytes:\nmodel  ${toHex(model.bytes)}\nengine ${toHex(engine.bytes)}`;
  return undefined;
}

function isSameAddress(a: IpAddress | undefined, b: IpAddress | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && sameIp(a, b));
}

function isSameReport(a: TunnelReport | undefined, b: TunnelReport | undefined): boolean {
  return (
    a === b ||
    (a !== undefined &&
      b !== undefined &&
      sameIp(a.source, b.source) &&
      sameIp(a.destination, b.destination) &&
      sameIp(a.innerSource, b.innerSource) &&
      a.header.flags === b.header.flags &&
      a.header.word0 === b.header.word0 &&
      a.header.word1 === b.header.word1)
  );
}
