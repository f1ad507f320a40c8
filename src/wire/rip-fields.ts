/** The fields of a RIP message: by name for filters, as a tree for panes. */
import { toHex } from '../base/bytes.ts';
import { ipv4 } from '../base/ip.ts';
import { formatIp } from '../base/ip-text.ts';
import type { FieldValue } from './field.ts';
import { RIP_COMMAND_WORDS } from './field-table.ts';
import { bytesValue, number, PRESENT, type FieldWriter } from './field-writer.ts';
import type { RipLayer } from './packet.ts';
import {
  commandName,
  describeRipEntry,
  RIP_AFI_AUTHENTICATION,
  RIP_ENTRY_BYTES,
  ripPrefix,
  type RipEntry,
} from './rip.ts';
import { FieldList, type TreeNode } from './tree.ts';

/** Appends the fields of a message; `w` stands at its start. */
export function ripFields(w: FieldWriter, { message, start, end }: RipLayer): void {
  const { command, version, reserved, entries } = message;
  w.put('rip', PRESENT, start, end);
  w.take('rip.command', number(command, RIP_COMMAND_WORDS[command]), 1).take(
    'rip.version',
    number(version),
    1,
  );
  w.take('rip.routing_domain', number(reserved), 2);
  for (const entry of entries) entryFields(w, entry);
}

function entryFields(w: FieldWriter, entry: RipEntry): void {
  switch (entry.kind) {
    case 'route': {
      const { afi, tag, address, mask, nextHop, metric } = entry;
      const [start, end] = [w.at, w.at + RIP_ENTRY_BYTES];
      w.take('rip.family', number(afi), 2).take('rip.route_tag', number(tag), 2);
      w.take('rip.ip', addressValue(address.w0), 4).take('rip.netmask', addressValue(mask), 4);
      w.take('rip.next_hop', addressValue(nextHop.w0), 4).take('rip.metric', number(metric), 4);
      const at = ripPrefix(entry);
      if (at === undefined) break;
      const eid = { kind: 'ip', address: at.address } as const;
      w.put('rip.route', { kind: 'prefix', eid, bits: at.bits }, start, end);
      break;
    }
    case 'authentication':
      w.take('rip.family', number(RIP_AFI_AUTHENTICATION), 2);
      w.take('rip.auth.type', number(entry.authenticationType), 2);
      w.take('rip.auth.data', bytesValue(entry.data), entry.data.length);
      break;
    case 'unknown':
      w.take('rip.family', number(entry.afi), 2).take('rip.route_tag', number(entry.tag), 2);
      w.take('rip.unknown', bytesValue(entry.data), entry.data.length);
      break;
  }
}

function addressValue(w0: number): FieldValue {
  return { kind: 'address', address: { kind: 'ip', address: ipv4(w0) } };
}

/** The message as a tree: one node per entry. */
export function ripFieldNodes({ message, start }: RipLayer): TreeNode[] {
  const { command, version, reserved, entries } = message;
  const fields = new FieldList(start)
    .field('Command', `${command} ${commandName(command)}`, 1)
    .field('Version', version, 1)
    .field('Must be zero', reserved, 2);
  for (const entry of entries) {
    fields.group(titleOf(entry), describeRipEntry(entry), (inner) => {
      entryNodes(inner, entry);
    });
  }
  return fields.nodes;
}

function titleOf({ kind }: RipEntry): string {
  if (kind === 'authentication') return 'Authentication';
  return kind === 'route' ? 'Route' : 'Entry';
}

function entryNodes(fields: FieldList, entry: RipEntry): void {
  switch (entry.kind) {
    case 'route':
      fields
        .field('Address family', entry.afi, 2)
        .field('Route tag', entry.tag, 2)
        .field('Address', formatIp(entry.address), 4)
        .field('Mask', formatIp(ipv4(entry.mask)), 4)
        .field('Next hop', formatIp(entry.nextHop), 4)
        .field('Metric', entry.metric, 4);
      break;
    case 'authentication':
      fields
        .field('Address family', RIP_AFI_AUTHENTICATION, 2)
        .field('Type', entry.authenticationType, 2)
        .field('Data', toHex(entry.data), entry.data.length);
      break;
    case 'unknown':
      fields
        .field('Address family', entry.afi, 2)
        .field('Route tag', entry.tag, 2)
        .field('Data', toHex(entry.data), entry.data.length);
      break;
  }
}
