import { formatIp, formatPrefix } from '../../base/ip-text.ts';
import type { ForwardingEntryView, ForwardingTargetView, RouterView } from '../../router/view.ts';
import type { Table } from './eid-table.ts';
import { formatPreference } from './locator-table.ts';
import { pick, type Asked } from './which.ts';

const ACTIONS: Readonly<Record<ForwardingEntryView['action'], string>> = {
  forward: 'encapsulate',
  'natively-forward': 'forward natively',
  'send-map-request': 'ask the mapping system',
  drop: 'drop',
};

/** `show ip lisp forwarding [detail]`: what the data plane does with packets to each EID-Prefix, and how flows are spread. */
export function showForwarding(view: RouterView, table: Table, isDetailed: boolean): string[] {
  const entries = view.forwardingEntries(table.family, table.instanceId);
  return [...heading(table, entries), ...entries.flatMap((entry) => entryLines(entry, entries, isDetailed))];
}

/** `show ip lisp forwarding EID`: for an address the entry that a packet to it meets. Undefined without one. */
export function showForwardingEntry(view: RouterView, table: Table, asked: Asked): string[] | undefined {
  const entries = view.forwardingEntries(table.family, table.instanceId);
  const found = pick(entries, ({ eid }) => eid, asked);
  return found && [...heading(table, entries), ...entryLines(found, entries, true)];
}

function heading({ family, instanceId }: Table, entries: readonly ForwardingEntryView[]): string[] {
  return [
    `LISP IPv${family} forwarding of instance ${instanceId}, ${entries.length} remote EID-Prefixes`,
    '',
    `${'Prefix'.padEnd(widthOf(entries))}${'Fwd action'.padEnd(24)}Packets`,
  ];
}

function widthOf(entries: readonly ForwardingEntryView[]): number {
  return Math.max(...entries.map(({ eid }) => formatPrefix(eid.prefix).length), 'Prefix'.length) + 2;
}

function entryLines(
  { eid, action, targets, hits }: ForwardingEntryView,
  entries: readonly ForwardingEntryView[],
  isDetailed: boolean,
): string[] {
  // Natively-forwarded packets with somewhere to go have a PETR.
  const viaPetr = action === 'natively-forward' && targets.length > 0;
  const text = viaPetr ? 'encapsulate to PETR' : ACTIONS[action];
  const isStuck = action === 'forward' && targets.every(({ share }) => share === 0);
  const cells = (isStuck ? 'drop: no usable RLOC' : text).padEnd(24);
  return [
    `${formatPrefix(eid.prefix).padEnd(widthOf(entries))}${cells}${hits}`,
    ...targets.flatMap((target) => [targetLine(target), ...(isDetailed ? [roomLine(target)] : [])]),
  ];
}

function targetLine(target: ForwardingTargetView): string {
  const { source, destination, priority, weight, share, gateway, interfaceName } = target;
  const way = gateway === undefined ? interfaceName : `${interfaceName} via ${formatIp(gateway)}`;
  const part = share === 0 ? 'standby' : `${Number((share * 100).toFixed(1))} % of flows`;
  return `  ${formatIp(source)} > ${formatIp(destination)}, ${formatPreference(priority, weight).trim()}, ${part}, ${way}`;
}

/** The longest packets, with LISP headers and without. */
function roomLine({ destination, mtu, innerMtu }: ForwardingTargetView): string {
  return `    IPv${destination.family} outside, path MTU ${mtu}, packets up to ${innerMtu} bytes`;
}
