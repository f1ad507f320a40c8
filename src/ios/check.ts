/** Mistakes that show only when all lines are known. */
import { sameIp, type IpAddress } from '../base/ip.ts';
import { formatIp } from '../base/ip-text.ts';
import { eidKey } from '../mapping/eid.ts';
import { interfaceAddress } from './apply.ts';
import { checkLocators, type Refuse } from './check-locators.ts';
import type { ConfigError, Place } from './config-error.ts';
import type { Draft, DraftFamily, DraftInterface, DraftLisp, Located, LocatorLine } from './draft.ts';

/**
 * The semantic errors of a draft. `isComplete` is false when lines had to be skipped: then nothing is said about
 * what is missing, since it may be among them. `last` locates what has no place of its own.
 */
export function checkDraft(draft: Draft, isComplete: boolean, last: Place): ConfigError[] {
  const errors: ConfigError[] = [];
  const refuse: Refuse = (at, message, hint) =>
    errors.push({ ...(at ?? last), message: `% ${message}`, hint });
  checkAddresses(draft, refuse);
  if (isComplete) checkReferences(draft, refuse);
  if (draft.lisp !== undefined) {
    checkSites(draft.lisp, refuse);
    checkCache(draft.lisp, refuse);
    if (isComplete) checkLocators(draft, draft.lisp, refuse);
    for (const family of [draft.lisp.ipv4, draft.lisp.ipv6]) if (isComplete) checkKeys(family, refuse);
  }
  return errors;
}

function checkAddresses({ interfaces }: Draft, refuse: Refuse): void {
  const owners = new Map<string, string>();
  for (const port of interfaces) {
    const { name, primary, secondary, ipv6 } = port;
    if (primary === undefined && secondary[0] !== undefined)
      refuse(
        secondary[0].at,
        `${name} has a secondary address but no primary one`,
        'enter one without "secondary"',
      );
    for (const { address, at } of [...(primary ? [primary] : []), ...secondary, ...ipv6]) {
      const text = formatIp(address);
      const owner = owners.get(text);
      if (owner !== undefined)
        refuse(at, `${text} is assigned twice`, `it is an address of ${owner} already`);
      owners.set(text, name);
    }
  }
}

function checkReferences(draft: Draft, refuse: Refuse): void {
  const names = draft.interfaces.map(({ name }) => name);
  const known = names.length === 0 ? 'no interface is configured' : `configured are ${names.join(', ')}`;
  for (const { target, at } of draft.routes)
    if (target.kind === 'interface' && !names.includes(target.name))
      refuse(at, `Unknown interface ${target.name}`, known);
  if (draft.lisp === undefined) return;
  for (const line of draft.lisp.databaseLines)
    if ('locatorSet' in line) checkSetOf(line.locatorSet, line.at, draft.lisp, refuse);
  for (const { rloc, at } of locatorsOf(draft.lisp)) {
    if (!('interface' in rloc)) continue;
    if (!names.includes(rloc.interface)) refuse(at, `Unknown interface ${rloc.interface}`, known);
    else if (interfaceAddress(draft, rloc.interface, rloc.family) === undefined)
      refuse(at, `RLOC family mismatch: ${rloc.interface} has no IPv${rloc.family} address`, '');
  }
}

function checkSetOf(set: string, at: Place | undefined, { locatorSets }: DraftLisp, refuse: Refuse): void {
  const found = locatorSets.find(({ name }) => name === set);
  const known = locatorSets.map(({ name }) => name).join(', ');
  if (found === undefined)
    refuse(at, `Unknown locator-set ${set}`, known === '' ? 'none is configured' : `configured are ${known}`);
  else if (found.locators.length === 0)
    refuse(at, `locator-set ${set} is empty`, 'add "A.B.C.D priority N weight N" to it');
}

/** Locators of this router wherever they are written, each once. */
export function locatorsOf({ databaseLines, locatorSets }: DraftLisp): Located<LocatorLine>[] {
  return [
    ...databaseLines.flatMap((line) => ('locatorSet' in line ? [] : [line])),
    ...locatorSets.flatMap(({ locators }) => locators),
  ];
}

function checkSites({ sites }: DraftLisp, refuse: Refuse): void {
  const owners = new Map<string, string>();
  for (const { name, prefixes } of sites) {
    for (const { eid, at } of prefixes) {
      const owner = owners.get(eidKey(eid));
      if (owner !== undefined)
        refuse(
          at,
          `EID-Prefix ${eidKey(eid)} belongs to two sites`,
          `it is configured in site ${owner} already`,
        );
      owners.set(eidKey(eid), name);
    }
  }
}

function checkCache({ cacheLines }: DraftLisp, refuse: Refuse): void {
  const kinds = new Map<string, boolean>();
  for (const { eid, content, at } of cacheLines) {
    const isAction = typeof content === 'string';
    if ((kinds.get(eidKey(eid)) ?? isAction) !== isAction)
      refuse(at, `map-cache ${eidKey(eid)} has both an action and RLOCs`, 'remove one of them with "no"');
    kinds.set(eidKey(eid), isAction);
  }
}

function checkKeys({ mapServers }: DraftFamily, refuse: Refuse): void {
  for (const { address, key, at } of mapServers)
    if (key === undefined)
      refuse(
        at,
        `Missing key for map-server ${formatIp(address)}`,
        `add "etr map-server ${formatIp(address)} key KEY"`,
      );
}

/** Whether one of the router's interfaces has this address. */
export function isOwnAddress(draft: Draft, address: IpAddress): boolean {
  return ownerOf(draft, address) !== undefined;
}

/** The interface that has this address. */
export function ownerOf({ interfaces }: Draft, address: IpAddress): DraftInterface | undefined {
  return interfaces.find(({ primary, secondary, ipv6 }) =>
    [...(primary ? [primary] : []), ...secondary, ...ipv6].some((own) => sameIp(own.address, address)),
  );
}
