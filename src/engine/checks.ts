/** What a data plane refuses to be told: both planes check at the moment of the call, so that nothing bad waits for a publish. */
import { formatIp } from '../base/ip-text.ts';
import { addressBits, word, wordMask, type Family, type IpAddress, type IpPrefix } from '../base/ip.ts';
import { formatEidPrefix, MAX_INSTANCE_ID, type EidPrefix } from '../mapping/eid.ts';
import { ACTION_FORWARD, POLICY_RTR_DESTINATION } from '../../assembly/layout.ts';
import type { EncapTarget, ForwardingEntry, NextHop } from './data-plane.ts';
import { EngineError } from './errors.ts';
import type { LocatorNonce, Marking } from './marking.ts';
import { NEXT_HOP_KINDS } from './records.ts';

const U16 = 0xffff;
const U32 = 0xffff_ffff;
/** All POLICY_* flags. */
const ALL_POLICIES = 2 * POLICY_RTR_DESTINATION - 1;

/** What is checked, as the message names it; asked for only when something is refused. */
type Subject = () => string;

/** Throws EngineError `bad-value` on anything but a whole number of 0..max. */
export function checkNumber(of: Subject, field: string, got: number, max: number): void {
  if (!(Number.isInteger(got) && got >= 0 && got <= max))
    refuse(of, field, got, max, `${got} is not 0..${max}`);
}

export function checkInstance(of: Subject, instanceId: number): void {
  checkNumber(of, 'instanceId', instanceId, MAX_INSTANCE_ID);
}

export function checkEid(eid: EidPrefix): void {
  checkPlace(eid.instanceId, eid.prefix);
}

/** The prefix of a table of an instance. */
export function checkPlace(instanceId: number, prefix: IpPrefix): void {
  const of = (): string => formatEidPrefix({ instanceId, prefix });
  checkInstance(of, instanceId);
  checkFamily(of, prefix.address.family);
  checkNumber(of, 'bits', prefix.bits, addressBits(prefix.address.family));
  checkWords(of, 'address', prefix.address, prefix.bits);
}

export function checkEntry({ eid, action, targets }: ForwardingEntry): void {
  checkEid(eid);
  const of = (): string => formatEidPrefix(eid);
  checkNumber(of, 'action', action, ACTION_FORWARD);
  for (const target of targets) checkTarget(of, target);
}

export function checkPolicy(eid: EidPrefix, flags: number): void {
  checkEid(eid);
  checkNumber(() => formatEidPrefix(eid), 'flags', flags, ALL_POLICIES);
}

export function checkPetr(instanceId: number, family: Family, targets: readonly EncapTarget[]): void {
  const of = (): string => `PETR of instance ${instanceId}`;
  checkInstance(of, instanceId);
  checkFamily(of, family);
  for (const target of targets) checkTarget(of, target);
}

export function checkRoute(instanceId: number, prefix: IpPrefix, nextHop: NextHop): void {
  checkPlace(instanceId, prefix);
  checkNextHop(() => `route ${formatEidPrefix({ instanceId, prefix })}`, nextHop);
}

export function checkLocatorState(locator: IpAddress, state: string): void {
  const of = (): string => `locator ${formatIp(locator)}`;
  checkAddress(of, 'address', locator);
  if (state !== 'up' && state !== 'down') refuse(of, 'state', NaN, 0, `'${state}' is not up or down`);
}

export function checkNonce(locator: IpAddress, nonce: LocatorNonce | undefined): void {
  const of = (): string => `locator ${formatIp(locator)}`;
  checkAddress(of, 'address', locator);
  if (nonce !== undefined) checkNumber(of, 'nonce', nonce.nonce, 0xff_ffff);
}

function checkTarget(entry: Subject, target: EncapTarget): void {
  const { source, destination, priority, weight, nextHop, pathMtu, marking } = target;
  const of = (): string => `target ${formatIp(destination)} of ${entry()}`;
  checkAddress(of, 'destination', destination);
  checkAddress(of, 'source', source);
  const { family } = destination;
  if (source.family !== family)
    refuse(
      of,
      'source',
      source.family,
      family,
      `${formatIp(source)} is not of the family of the destination`,
    );
  checkNumber(of, 'priority', priority, 255);
  checkNumber(of, 'weight', weight, 255);
  checkNextHop(of, nextHop);
  if (pathMtu !== undefined) checkNumber(of, 'pathMtu', pathMtu, U32);
  if (marking !== undefined) checkMarking(of, marking);
}

function checkMarking(of: Subject, { nonce = 0, versions, locatorStatusBits = 0 }: Marking): void {
  checkNumber(of, 'nonce', nonce, 0xff_ffff);
  checkNumber(of, 'versions.source', versions?.source ?? 0, 0xfff);
  checkNumber(of, 'versions.destination', versions?.destination ?? 0, 0xfff);
  checkNumber(of, 'locatorStatusBits', locatorStatusBits, U32);
}

function checkNextHop(of: Subject, { kind, interfaceIndex, gateway, mtu }: NextHop): void {
  if (!NEXT_HOP_KINDS.includes(kind))
    refuse(of, 'kind', NaN, 0, `'${kind}' is not ${NEXT_HOP_KINDS.join(', ')}`);
  checkNumber(of, 'interfaceIndex', interfaceIndex, U16);
  checkNumber(of, 'mtu', mtu, U32);
  if (kind !== 'via') return;
  if (gateway === undefined) refuse(of, 'gateway', NaN, 0, 'via asks for one');
  checkAddress(of, 'gateway', gateway);
}

function checkAddress(of: Subject, field: string, address: IpAddress): void {
  checkFamily(of, address.family, field);
  checkWords(of, field, address, addressBits(address.family));
}

function checkFamily(of: Subject, family: number, field = 'family'): void {
  if (family !== 4 && family !== 6) refuse(of, field, family, 6, `family ${family} is not 4 or 6`);
}

/** Words are 32 bits, and zero behind the first `bits`. */
function checkWords(of: Subject, field: string, address: IpAddress, bits: number): void {
  for (let i = 0; i < 4; i++) {
    const got = word(address, i);
    const kept = (got & wordMask(bits - 32 * i)) >>> 0;
    if (got !== kept) refuse(of, field, got, kept, `w${i} is ${got}, in a /${bits} it would be ${kept}`);
  }
}

function refuse(of: Subject, field: string, got: number, max: number, what: string): never {
  throw new EngineError('bad-value', field, got, max, `${what} (${of()})`);
}
