// From mappings to ways to encapsulate: which locators, and from which address of this router.
import { describe, expect, it } from 'vitest';
import { REASON_NO_USABLE_RLOC, VERDICT_DROP } from '../../src/engine/codes.ts';
import { cidr, formatIp, ip } from '../../src/base/ip-text.ts';
import type { EncapTarget, ForwardingEntry } from '../../src/engine/data-plane.ts';
import { Model } from '../../src/engine/model.ts';
import { POLICY_ITR_SOURCE } from '../../src/engine/codes.ts';
import { eidPrefix } from '../../src/mapping/eid.ts';
import type { Locator } from '../../src/mapping/locator.ts';
import { forwardingEntry } from '../../src/router/encap-targets.ts';
import { tunnelSources } from '../../src/router/lisp-config.ts';
import { Underlay } from '../../src/router/underlay.ts';
import { read } from '../ios/read.ts';
import { packetOf, send } from '../engine/forwarding-support.ts';
import { locator, mapping } from '../support/messages.ts';

/** An xTR with two uplinks; `mappings` are its database-mapping lines. */
function targets(mappings: string, config = ''): string[] {
  const { options } = read(`interface FastEthernet0/0
 ip address 10.0.1.2 255.255.255.252
interface FastEthernet0/1
 ip address 10.0.2.2 255.255.255.252
${config}router lisp
${mappings} ipv4 itr map-resolver 10.0.1.1
 ipv4 itr
 exit
ip route 0.0.0.0 0.0.0.0 10.0.1.1
`);
  const underlay = new Underlay(options);
  const remote = mapping('10.2.0.0/16', ['198.51.100.1']);
  return pairs(forwardingEntry(remote, tunnelSources(options.lisp!, underlay), underlay).targets);
}

/** Of those that are up. */
function pairs(list: readonly EncapTarget[]): string[] {
  return list
    .filter(({ down }) => down !== true)
    .map(({ source, destination }) => `${formatIp(source)} > ${formatIp(destination)}`);
}

const line = (eid: string, rloc: string): string => ` database-mapping ${eid} ${rloc} priority 1 weight 1\n`;

describe('the outer source', () => {
  it('DP-34 is an RLOC on an interface that is up, never that of another router of the site', () => {
    const both = line('192.168.1.0/24', '10.0.9.9') + line('192.168.1.0/24', '10.0.2.2');
    expect(targets(both)).toEqual(['10.0.2.2 > 198.51.100.1']);
    expect(targets(line('192.168.1.0/24', '10.0.9.9'))).toEqual(['10.0.1.2 > 198.51.100.1']);
    const shut = 'interface FastEthernet0/1\n shutdown\n';
    expect(targets(line('192.168.1.0/24', '10.0.2.2'), shut)).toEqual(['10.0.1.2 > 198.51.100.1']);
  });

  it('DP-33 is not an address that is a host EID of this router', () => {
    const isEid = line('10.0.1.2/32', '10.0.2.2');
    expect(targets(isEid)).toEqual(['10.0.2.2 > 198.51.100.1']);
    // With nothing else to send from, nothing is encapsulated.
    expect(targets(line('10.0.1.2/32', '10.0.1.2'))).toEqual([]);
  });
});

describe('the outer destination', () => {
  const way = { rlocs: [ip('10.0.1.2')], exclusive: false };
  const uplink = new Underlay(
    read(
      'interface FastEthernet0/0\n ip address 10.0.1.2 255.255.255.252\n!\nip route 198.51.100.0 255.255.255.0 10.0.1.1\n',
    ).options,
  );
  const entry = (...locators: readonly Locator[]) =>
    forwardingEntry(mapping('10.2.0.0/16', [], { locators }), way, uplink);
  const unreachable = { reachable: false };
  const near = locator('198.51.100.1');

  function verdictOf(forwarding: ForwardingEntry) {
    const plane = new Model();
    plane.setEntry(forwarding);
    plane.setPolicy(eidPrefix(cidr('10.1.0.0/16')), POLICY_ITR_SOURCE);
    plane.publish();
    const { verdict } = send(plane, packetOf(4, { source: ip('10.1.0.5'), destination: ip('10.2.0.7') }));
    return [verdict.verdict, verdict.reason];
  }

  it('DP-22 is not a locator with R=0', () => {
    const { targets } = entry(
      { ...near, ...unreachable },
      locator('198.51.100.2'),
      locator('198.51.100.3', unreachable),
    );
    expect(pairs(targets)).toEqual(['10.0.1.2 > 198.51.100.2']);
    expect(targets).toHaveLength(3);
  });

  it('DP-22 with R=0 in all of them packets are dropped, not encapsulated', () => {
    const none = entry({ ...near, ...unreachable }, locator('198.51.100.2', unreachable));
    expect(verdictOf(none)).toEqual([VERDICT_DROP, REASON_NO_USABLE_RLOC]);
  });

  it('DP-21 is never a locator of priority 255: it has no part of the split, be it up or down', () => {
    const never = { priority: 255 };
    expect(entry(near, locator('198.51.100.2', never)).targets).toHaveLength(1);
    expect(entry(near, locator('198.51.100.2', { ...never, ...unreachable })).targets).toHaveLength(1);
    expect(verdictOf(entry(locator('198.51.100.2', never)))).toEqual([VERDICT_DROP, REASON_NO_USABLE_RLOC]);
  });

  it('is one that the underlay has a route to', () => {
    expect(verdictOf(entry(locator('203.0.113.1')))).toEqual([VERDICT_DROP, REASON_NO_USABLE_RLOC]);
    expect(pairs(entry(locator('203.0.113.1'), near).targets)).toEqual(['10.0.1.2 > 198.51.100.1']);
  });

  it('is never an own address, which would be an encapsulation loop', () => {
    expect(verdictOf(entry(locator('10.0.1.2')))).toEqual([VERDICT_DROP, REASON_NO_USABLE_RLOC]);
    expect(pairs(entry(locator('10.0.1.2'), near).targets)).toEqual(['10.0.1.2 > 198.51.100.1']);
  });

  it('is of a family in which this router has an address', () => {
    expect(entry(near, locator('2001:db8::1')).targets).toHaveLength(1);
  });
});
