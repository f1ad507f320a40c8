import { formatIp, formatPrefix } from '../base/ip-text.ts';
import { formatAge } from '../base/time.ts';
import { ACTION_NATIVELY_FORWARD, actionName } from '../mapping/action.ts';
import type { Mapping } from '../mapping/mapping.ts';
import type { LigResult } from '../router/node.ts';
import { locatorTable } from './show/locator-table.ts';

/** What IOS prints for a `lig` that is over. */
export function formatLig({ request, outcome, sent, from, roundTrip, mappings }: LigResult): string[] {
  const eid = formatIp(request.eid.address);
  if (outcome === 'nobody-to-ask') return ['% No Map-Resolver is configured, or there is no route to it'];
  if (outcome === 'unanswered')
    return [`*** No map-reply received for ${eid} after ${sent} map-requests ***`];
  const who = from === undefined ? '' : ` from ${formatIp(from)}`;
  const millis = Math.max(1, Math.round((roundTrip ?? 0) / 1000));
  return [
    `Mapping information for EID ${eid}${who} with RTT ${millis} msecs`,
    ...mappings.flatMap(mappingLines),
  ];
}

function mappingLines({ eid, ttlMinutes, action, locators }: Mapping): string[] {
  const age = formatAge(0);
  const isNegative = locators.length === 0;
  const kind = isNegative
    ? action === ACTION_NATIVELY_FORWARD
      ? 'forward-native'
      : actionName(action)
    : 'complete';
  const expires = formatAge(ttlMinutes * 60_000_000);
  const heading = `${formatPrefix(eid.prefix)}, uptime: ${age}, expires: ${expires}, via map-reply, ${kind}`;
  if (isNegative) return [heading, `  Negative cache entry, action: ${kind}`];
  const rows = locators.map(({ address, priority, weight, reachable }) => ({
    address,
    columns: [age, reachable ? 'up' : 'down'],
    priority,
    weight,
  }));
  return [heading, ...locatorTable('  ', ['Uptime', 'State'], rows)];
}
