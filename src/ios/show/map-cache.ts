import { formatPrefix } from '../../base/ip-text.ts';
import { formatAge, NEVER, type Micros } from '../../base/time.ts';
import {
  ACTION_NATIVELY_FORWARD,
  ACTION_SEND_MAP_REQUEST,
  actionName,
  type Action,
} from '../../mapping/action.ts';
import type { CacheEntryView, LocatorView, RouterView } from '../../router/view.ts';
import type { Table } from './eid-table.ts';
import { locatorTable } from './locator-table.ts';
import { pick, type Asked } from './which.ts';

/** `show ip lisp map-cache [detail]`. */
export function showMapCache(view: RouterView, now: Micros, table: Table, isDetailed: boolean): string[] {
  const entries = view.mapCache(table.family, table.instanceId);
  return [
    ...heading(table, entries.length),
    ...entries.flatMap((entry) => (isDetailed ? showInDetail(entry, now) : showEntry(entry, now))),
  ];
}

/**
 * `show ip lisp map-cache EID`: for an address the entry that a packet to it meets, for a prefix exactly that entry.
 * Undefined without one.
 */
export function showMapCacheEntry(
  view: RouterView,
  now: Micros,
  table: Table,
  asked: Asked,
): string[] | undefined {
  const entries = view.mapCache(table.family, table.instanceId);
  const found = pick(entries, ({ entry }) => entry.mapping.eid, asked);
  return found === undefined ? undefined : [...heading(table, entries.length), ...showInDetail(found, now)];
}

function heading({ family, instanceId, name }: Table, count: number): string[] {
  return [`LISP IPv${family} Mapping Cache for EID-table ${name} (IID ${instanceId}), ${count} entries`, ''];
}

/** What IOS puts between the first line of an entry and its locators. */
function showInDetail(view: CacheEntryView, now: Micros): string[] {
  const [first = '', ...rest] = showEntry(view, now);
  const { entry, hits } = view;
  const state = entry.mapping.locators.length > 0 ? 'complete' : cacheAction(entry.mapping.action);
  return [
    first,
    `  Sources: ${entry.origin}`,
    `  State: ${state}, last modified: ${formatAge(now - entry.installed)}`,
    // What asks or is dropped has not gone out.
    `  ${leaves(view) ? 'Packets out' : 'Packets met'}: ${hits}`,
    ...rest,
  ];
}

function showEntry(view: CacheEntryView, now: Micros): string[] {
  const { mapping, installed, expires } = view.entry;
  const left = expires === NEVER ? 'never' : formatAge(expires - now);
  const prefix = formatPrefix(mapping.eid.prefix);
  const first = `${prefix}, uptime: ${formatAge(now - installed)}, expires: ${left}, via ${origin(view)}`;
  return [first, ...details(view, now)];
}

/** Packets of the entry are sent on, in LISP headers or without. */
function leaves({ entry: { mapping } }: CacheEntryView): boolean {
  return mapping.locators.length > 0 || mapping.action === ACTION_NATIVELY_FORWARD;
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
