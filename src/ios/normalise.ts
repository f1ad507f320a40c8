import { sameIp } from '../base/ip.ts';
import { optionsOf } from './apply.ts';
import { draftOf, type Draft, type DraftFamily, type DraftKey, type DraftLisp } from './draft.ts';
import { compareRoute } from './sort.ts';

/**
 * What a draft says, in the words of `router lisp`, blocks and locator sets resolved: `show running-config normalized`.
 * What options do not have (texts for people, how a key was masked, that a default was left unsaid) is kept.
 */
export function normalisedDraft(draft: Draft): Draft {
  const normal = draftOf(optionsOf(draft));
  return {
    ...normal,
    interfaces: normal.interfaces.map((port) => {
      const { description, mtu, ipMtu } = draft.interfaces.find(({ name }) => name === port.name)!;
      return { ...port, description, mtu, ipMtu };
    }),
    routes: normal.routes.map((route) => {
      const name = draft.routes.find((other) => compareRoute(other, route) === 0)?.name;
      return { ...route, ...(name !== undefined && { name }) };
    }),
    lisp: normal.lisp && draft.lisp && normalisedLisp(normal.lisp, draft.lisp),
  };
}

function normalisedLisp(normal: DraftLisp, entered: DraftLisp): DraftLisp {
  return {
    ...normal,
    missPolicy: entered.missPolicy && normal.missPolicy,
    ipv4: withMasks(normal.ipv4, entered.ipv4),
    ipv6: withMasks(normal.ipv6, entered.ipv6),
    sites: normal.sites.map((site) => {
      const { description, key } = entered.sites.find(({ name }) => name === site.name)!;
      return { ...site, description, key: masked(site.key, key) };
    }),
  };
}

function withMasks(normal: DraftFamily, entered: DraftFamily): DraftFamily {
  return {
    ...normal,
    mapServers: normal.mapServers.map((server) => {
      const same = entered.mapServers.find(({ address }) => sameIp(address, server.address));
      return { ...server, key: masked(server.key, same?.key) };
    }),
  };
}

/** A masked key stays masked. */
function masked(key: DraftKey | undefined, entered: DraftKey | undefined): DraftKey | undefined {
  return key && { ...key, ...(entered?.masked !== undefined && { masked: entered.masked }) };
}
