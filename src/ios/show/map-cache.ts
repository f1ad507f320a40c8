import type { Family } from '../../base/ip.ts';
import { formatPrefix } from '../../base/ip-text.ts';
import { formatAge, NEVER, type Micros } from '../../base/time.ts';
import {
  ACTION_NATIVELY_FORWARD,
  ACTION_SEND_MAP_REQUEST,
  actionName,
  type Action,
} from '../../mapping/action.ts';
import type { CacheEntryView, LocatorView, RouterView } from '../../router/view.ts';
import { locatorTable } from './locator-table.ts';

/** `show ip lisp map-cache`. */
export function showMapCache(view: RouterView, now: Micros, family: Family, instanceId = 0): string[] {
  const entries = view.mapCache(family, instanceId);
  const table = instanceId === 0 ? 'default' : String(instanceId);
  const title = `LISP IPv${family} Mapping Cache for EID-table ${table} (IID ${instanceId}), ${entries.length} entries`;
  return [title, '', ...entries.flatMap((entry) => showEntry(entry, now))];
}

function showEntry(view: CacheEntryView, now: Micros): string[] {
  const { mapping, installed, expires } = view.entry;
  const left = expires === NEVER ? 'never' : formatAge(expires - now);
  const prefix = formatPrefix(mapping.eid.prefix);
  const heading = `${prefix}, uptime: ${formatAge(now - installed)}, expires: ${left}, via ${origin(view)}`;
  return [heading, ...details(view, now)];
}

/** `map-reply, complete`; `static send map-request` is how IOS says it. */
function origin({ entry }: CacheEntryView): string {
  const { action, locators } = entry.mapping;
  const isNegative = locators.length === 0;
  if (entry.origin === 'static' && isNegative && action === ACTION_SEND_MAP_REQUEST)
    return 'static send map-request';
  return `${entry.origin}, ${isNegative ? cacheAction(action) : 'complete'}`;
}

function details({ entry, locators, viaPetr }: CacheEntryView, now: Micros): string[] {
  if (entry.mapping.locators.length === 0)
    return [
      viaPetr
        ? '  Encapsulating to proxy ETR'
        : `  Negative cache entry, action: ${cacheAction(entry.mapping.action)}`,
    ];
  return locatorTable(
    '  ',
    ['Uptime', 'State'],
    locators.map(({ locator, state, since }: LocatorView) => ({
      address: locator.address,
      columns: [formatAge(now - since), state],
      priority: locator.priority,
      weight: locator.weight,
    })),
  );
}

/** IOS says forward-native where RFC 9301 says Natively-Forward. */
function cacheAction(action: Action): string {
  return action === ACTION_NATIVELY_FORWARD ? 'forward-native' : actionName(action);
}
