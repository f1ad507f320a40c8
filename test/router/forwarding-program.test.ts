// What a data plane is told again, and which ways count.
import { expect, it } from 'vitest';
import { ip } from '../../src/base/ip-text.ts';
import { ACTION_FORWARD } from '../../src/engine/codes.ts';
import type { EncapTarget } from '../../src/engine/data-plane.ts';
import { EngineError } from '../../src/engine/errors.ts';
import { Model } from '../../src/engine/model.ts';
import { ForwardingProgram } from '../../src/router/forwarding-program.ts';
import { staticProgram } from '../../src/router/static-program.ts';
import { Underlay } from '../../src/router/underlay.ts';
import { read } from '../ios/read.ts';
import { eid } from '../support/messages.ts';

const EID = eid('10.2.0.0/16');
const TARGETS: readonly EncapTarget[] = ['198.51.100.1', '198.51.100.2'].map((rloc) => ({
  source: ip('192.0.2.1'),
  destination: ip(rloc),
  priority: 1,
  weight: 1,
  nextHop: { kind: 'connected', interfaceIndex: 1, mtu: 1500 },
}));
const [FIRST, SECOND] = [TARGETS[0]!.destination, TARGETS[1]!.destination];

/** Has no room when it is said so, and forgets then what it was told of locators. */
class Narrow extends Model {
  isFull = false;
  #told: (() => void)[] = [];

  override setLocatorState(...told: Parameters<Model['setLocatorState']>): void {
    this.#told.push(() => {
      super.setLocatorState(...told);
    });
  }

  override publish(): void {
    const told = this.#told.splice(0);
    if (this.isFull) throw new EngineError('no-room', 'entries', 2, 1);
    for (const each of told) each();
    super.publish();
  }
}

it('a data plane that had no room is told again which RLOCs are down, and which are up again', () => {
  const plane = new Narrow();
  const program = new ForwardingProgram(plane);
  program.setEntry({ eid: EID, action: ACTION_FORWARD, targets: TARGETS });
  const publish = (isFull: boolean): readonly number[] | undefined => {
    plane.isFull = isFull;
    expect(program.publish() === undefined).toBe(!isFull);
    return plane.entry(EID)?.shares;
  };
  expect(publish(false)).toEqual([8, 8]);
  program.setLocatorState(FIRST, 'down');
  expect(publish(true)).toEqual([8, 8]);
  program.setLocatorState(SECOND, 'down');
  program.setLocatorState(SECOND, 'up');
  expect(publish(false)).toEqual([0, 16]);
  program.setLocatorState(FIRST, 'up');
  expect(publish(true)).toEqual([0, 16]);
  program.setLocatorState(SECOND, 'down');
  expect(publish(false)).toEqual([16, 0]);
});

it('packets go to an RLOC while it is up, for all and for the entry', () => {
  const program = new ForwardingProgram(new Model());
  const inside = { instanceId: 0, address: ip('10.2.0.7') };
  const goes = (): boolean[] => {
    program.publish();
    return [FIRST, SECOND].map((rloc) => program.encapsulates(inside, rloc));
  };
  program.setEntry({ eid: EID, action: ACTION_FORWARD, targets: TARGETS });
  expect(goes()).toEqual([true, true]);
  program.setLocatorState(FIRST, 'down');
  expect(goes()).toEqual([false, true]);
  program.setEntry({
    ...{ eid: EID, action: ACTION_FORWARD },
    targets: TARGETS.map((target) => ({ ...target, down: true })),
  });
  program.setLocatorState(FIRST, 'up');
  expect(goes()).toEqual([false, false]);
});

it('a PETR without a route keeps its part of the split; without any, packets go natively', () => {
  const petrs = (...routes: readonly string[]) => {
    const { options } = read(`interface FastEthernet0/0
 ip address 10.0.1.2 255.255.255.252
router lisp
 ipv4 itr map-resolver 10.0.1.1
 ipv4 itr
 ipv4 use-petr 198.51.100.1
 ipv4 use-petr 198.51.101.1
 exit
${routes.map((net) => `ip route ${net} 255.255.255.0 10.0.1.1\n`).join('')}`);
    const { petrs: rows } = staticProgram(options.lisp, new Underlay(options));
    return rows.map(({ targets }) => targets.map(({ down }) => down === true));
  };
  expect(petrs('198.51.100.0', '198.51.101.0')).toEqual([[false, false]]);
  expect(petrs('198.51.101.0')).toEqual([[true, false]]);
  expect(petrs()).toEqual([]);
});
