import { formatIp } from '../../base/ip-text.ts';
import { actionName } from '../../mapping/action.ts';
import { formatEid, formatEidPrefix } from '../../mapping/eid.ts';
import type { Mapping } from '../../mapping/mapping.ts';
import type { LigResult } from '../../roles/lig.ts';
import type { Paint } from './paint.ts';
import { table } from './table.ts';

/** Who answered and how fast, then each record with its locators; or why there is none. */
export function ligLines(result: LigResult, paint: Paint): string[] {
  const eid = formatEid(result.request.eid);
  const asked = result.mapResolver === undefined ? '' : ` asked of ${formatIp(result.mapResolver)}`;
  if (result.outcome !== 'answered') {
    const { sent } = result;
    return [paint.bad(`${eid}: no answer to ${sent} Map-Request${sent === 1 ? '' : 's'}${asked}`)];
  }
  const from = result.from === undefined ? '' : ` from ${paint.name(formatIp(result.from))}`;
  const time = `${((result.roundTrip ?? 0) / 1000).toFixed(1)} ms`;
  return [
    `Mapping information for EID ${paint.title(eid)}${from} with RTT ${time}`,
    ...result.mappings.flatMap((mapping) => mappingLines(mapping, paint)),
  ];
}

function mappingLines(mapping: Mapping, paint: Paint): string[] {
  const { eid, ttlMinutes, authoritative, action, locators } = mapping;
  const by = authoritative ? 'authoritative' : 'not authoritative';
  const head = `${paint.title(formatEidPrefix(eid))}, TTL ${ttlMinutes} min, ${by}`;
  if (locators.length === 0) return [`${head}, negative: ${actionName(action)}`];
  const rows = locators.map(({ address, reachable, priority, weight }) => [
    formatIp(address),
    reachable ? 'up' : 'down',
    `${priority}/${weight}`,
  ]);
  return [head, ...table([['Locator', 'State', 'Pri/Wgt'], ...rows], { indent: '  ' })];
}

/** The same as data. */
export function ligReport({ request, outcome, sent, mapResolver, from, roundTrip, mappings }: LigResult) {
  return {
    eid: formatEid(request.eid),
    outcome,
    sent,
    mapResolver: mapResolver && formatIp(mapResolver),
    from: from && formatIp(from),
    roundTripMs: roundTrip === undefined ? undefined : roundTrip / 1000,
    records: mappings.map(({ eid, ttlMinutes, authoritative, action, locators }) => ({
      eid: formatEidPrefix(eid),
      ttlMinutes,
      authoritative,
      action: locators.length === 0 ? actionName(action) : 'forward',
      locators: locators.map(({ address, priority, weight, reachable, local }) => ({
        address: formatIp(address),
        priority,
        weight,
        reachable,
        local,
      })),
    })),
  };
}
