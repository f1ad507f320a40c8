import { expect, it } from 'vitest';
import { cidr } from '../../src/base/ip-text.ts';
import { minutes, seconds, type Micros } from '../../src/base/time.ts';
import { ACTION_NO_ACTION } from '../../src/mapping/action.ts';
import { eidPrefix } from '../../src/mapping/eid.ts';
import type { Locator } from '../../src/mapping/locator.ts';
import type { CacheEntry } from '../../src/roles/machine.ts';
import { LocatorStates } from '../../src/router/locator-states.ts';
import { Underlay } from '../../src/router/underlay.ts';
import { locator } from '../ios/lab-view.ts';
import { read } from '../ios/read.ts';

const eid = eidPrefix(cidr('192.168.9.0/24'));
const near = locator('10.0.1.1');
const far = locator('10.9.9.9');
const PORT = 'interface FastEthernet0/0\n ip address 10.0.1.2 255.255.255.252\n';
const connected = new Underlay(read(PORT).options);
const routed = new Underlay(read(`${PORT}!\nip route 10.9.0.0 255.255.0.0 10.0.1.1\n`).options);

function entry(installed: Micros, ...locators: readonly Locator[]): CacheEntry {
  const mapping = {
    eid,
    ttlMinutes: 60,
    action: ACTION_NO_ACTION,
    authoritative: true,
    mapVersion: 0,
    locators,
  };
  return { mapping, origin: 'map-reply', installed, expires: installed + minutes(60) };
}

function sinceOf(states: LocatorStates): (Micros | undefined)[] {
  return [near, far].map((each) => states.since(eid, each));
}

it('an entry learned again keeps the time of what is as it was, and not of what changed', () => {
  const states = new LocatorStates();
  states.observe(1, entry(1, near, far), routed);
  states.observe(2, entry(2, near, far), routed);
  expect(sinceOf(states)).toEqual([1, 1]);
  states.observe(3, entry(3, { ...near, reachable: false }, far), routed);
  expect(sinceOf(states)).toEqual([3, 1]);
  states.observe(4, entry(4, near), routed);
  expect(sinceOf(states)).toEqual([4, undefined]);
});

it('routes that come and go change what they lead to', () => {
  const states = new LocatorStates();
  states.observe(1, entry(1, near, far), connected);
  states.observe(2, entry(1, near, far), routed);
  expect(sinceOf(states)).toEqual([1, 2]);
  states.observe(3, entry(1, near, far), connected);
  expect(sinceOf(states)).toEqual([1, 3]);
});

it('one way to be down is no change from another', () => {
  const states = new LocatorStates();
  states.observe(1, entry(1, far), connected);
  states.observe(2, entry(2, { ...far, reachable: false }), connected);
  expect(states.since(eid, far)).toBe(1);
});

it('an entry that went and came back is another one; a saved state is as it was', () => {
  const states = new LocatorStates();
  states.observe(1, entry(1, near, far), routed);
  const copy = new LocatorStates();
  copy.restore(structuredClone(states.save()));
  states.forget(eid);
  expect(sinceOf(states)).toEqual([undefined, undefined]);
  states.observe(seconds(9), entry(seconds(9), near, far), routed);
  expect(sinceOf(states)).toEqual([seconds(9), seconds(9)]);
  copy.observe(2, entry(2, near, far), routed);
  expect(sinceOf(copy)).toEqual([1, 1]);
});
