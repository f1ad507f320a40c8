/**
 * Holds the C loops to the Model: it gets the tables of bench/native/world.h and the same packets, and must say and
 * write the same, byte for byte. So what is timed beside the engine does the engine's work.
 */
import { hostPrefix, ipv4, prefix } from '../src/base/ip.ts';
import { cidr, ip } from '../src/base/ip-text.ts';
import { ACTION_FORWARD, POLICY_ITR_SOURCE, POLICY_PETR_SOURCE } from '../src/engine/codes.ts';
import type { EncapTarget, NextHop } from '../src/engine/data-plane.ts';
import { Model } from '../src/engine/model.ts';
import { eidPrefix } from '../src/mapping/eid.ts';
import type { NativePacket, NativeWork } from './native-protocol.ts';

const OWN_RLOC = ip('192.0.2.1');
const OUT: NextHop = { kind: 'via', interfaceIndex: 1, gateway: ip('192.0.2.254'), mtu: 1500 };
const ATTACHED: NextHop = { kind: 'connected', interfaceIndex: 2, mtu: 1500 };
/** Where the inner destination of a LISP packet is, and that of any other. */
const DESTINATION = { forward: 16, decapsulate: 52 } as const;
/** Shorter than this, no table matters. */
const HEADER_BYTES = 20;

/** What the first packet is that the Model treats otherwise; undefined: there is none. */
export function judge(
  work: Exclude<NativeWork, 'lookup'>,
  packets: readonly NativePacket[],
): string | undefined {
  const model = new Model({ batchCount: packets.length });
  model.setRoute(0, hostPrefix(OWN_RLOC), { kind: 'local', interfaceIndex: 0, mtu: 1500 });
  model.setRoute(0, cidr('198.18.0.0/16'), ATTACHED);
  model.setRoute(0, prefix(OWN_RLOC, 0), OUT);
  model.setPolicy(eidPrefix(cidr('10.0.0.0/8')), POLICY_ITR_SOURCE);
  model.setPolicy(eidPrefix(cidr('100.64.0.0/10')), POLICY_PETR_SOURCE);
  model.setProxyEtr(true);
  for (const packet of packets) teach(model, work, packet);
  model.publish();
  for (const { before } of packets) model.inject(before, { interfaceIndex: 2 });
  model.process();
  let at = 0;
  let complaint: string | undefined;
  model.collect((verdict, bytes) => {
    const packet = packets[at]!;
    const wanted = said(verdict.verdict, verdict.reason, verdict.flowHash, verdict.mtu, bytes);
    const got = said(packet.verdict, packet.reason, packet.flowHash, packet.mtu, packet.after);
    if (wanted !== got) complaint ??= `makes of packet ${at} ${got}, the Model ${wanted}`;
    at++;
  });
  if (at !== packets.length) throw new Error(`the Model returned ${at} of ${packets.length} packets`);
  return complaint;
}

/** The loaded table as far as this packet sees it. */
function teach(
  model: Model,
  work: Exclude<NativeWork, 'lookup'>,
  { before, match, locators }: NativePacket,
): void {
  const at = DESTINATION[work];
  if (match === 0 || before.length < HEADER_BYTES + at) return;
  const destination = hostPrefix(ipv4(new DataView(before.buffer, before.byteOffset).getUint32(at)));
  if (destination.address.w0 === OWN_RLOC.w0 || destination.address.w0 >>> 16 === 0xc612) return;
  if (work === 'decapsulate') {
    model.setRoute(0, destination, OUT);
    return;
  }
  const targets = locators.map((locator): EncapTarget => ({
    source: OWN_RLOC,
    destination: ipv4(locator),
    priority: 1,
    weight: 1,
    nextHop: OUT,
  }));
  model.setEntry({ eid: eidPrefix(destination), action: ACTION_FORWARD, targets });
}

function said(verdict: number, reason: number, hash: number, mtu: number, bytes: Uint8Array): string {
  return `verdict ${verdict} reason ${reason} hash ${hash} mtu ${mtu} ${Buffer.from(bytes).toString('hex')}`;
}
