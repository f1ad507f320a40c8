import { formatIp, formatPrefix } from '../../base/ip-text.ts';
import type { ForwardingEntryView, RouterView } from '../../router/view.ts';
import type { Table } from './eid-table.ts';
import { formatPreference } from './locator-table.ts';

const ACTIONS: Readonly<Record<ForwardingEntryView['action'], string>> = {
  forward: 'encapsulate',
  'natively-forward': 'forward natively',
  'send-map-request': 'ask the mapping system',
  drop: 'drop',
};

/** `show ip lisp forwarding`: what the data plane does with packets to each EID-Prefix, and how flows are spread. */
export function showForwarding(view: RouterView, { family, instanceId }: Table): string[] {
  const entries = view.forwardingEntries(family, instanceId);
  const title = `LISP IPv${family} forwarding of instance ${instanceId}, ${entries.length} remote EID-Prefixes`;
  const width = Math.max(...entries.map(({ eid }) => formatPrefix(eid.prefix).length), 'Prefix'.length) + 2;
  return [
    title,
    '',
    `${'Prefix'.padEnd(width)}${'Fwd action'.padEnd(24)}Packets`,
    ...entries.flatMap((entry) => entryLines(entry, width)),
  ];
}

function entryLines({ eid, action, targets, hits }: ForwardingEntryView, width: number): string[] {
  // Natively-forwarded packets with somewhere to go have a PETR.
  const viaPetr = action === 'natively-forward' && targets.length > 0;
  const text = viaPetr ? 'encapsulate to PETR' : ACTIONS[action];
  const isStuck = action === 'forward' && targets.every(({ share }) => share === 0);
  return [
    `${formatPrefix(eid.prefix).padEnd(width)}${(isStuck ? 'drop: no usable RLOC' : text).padEnd(24)}${hits}`,
    ...targets.map(({ source, destination, priority, weight, share, gateway, interfaceName }) => {
      const way = gateway === undefined ? interfaceName : `${interfaceName} via ${formatIp(gateway)}`;
      const part = share === 0 ? 'standby' : `${Number((share * 100).toFixed(1))} % of flows`;
      return `  ${formatIp(source)} > ${formatIp(destination)}, ${formatPreference(priority, weight).trim()}, ${part}, ${way}`;
    }),
  ];
}
