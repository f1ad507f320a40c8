/** Turns a lab that has run into the report that people and programs read. */
import { formatIp, formatPrefix } from '../base/ip-text.ts';
import { formatEidPrefix } from '../mapping/eid.ts';
import type { InterfaceAddress } from '../router/options.ts';
import type { Lab, LabResult } from '../sim/lab.ts';
import type { LabFile } from '../sim/lab-file.ts';
import type { LabNode } from '../sim/lab-node.ts';
import { formatLabWarning } from '../sim/lab-warning.ts';
import { ratePercent } from '../sim/lab-expect.ts';
import { formatTime } from '../sim/log.ts';
import { lispRoles } from '../sim/node-roles.ts';
import { isKind, type NetworkRecord } from '../sim/record.ts';
import type { StoryPacket } from '../sim/story.ts';
import type { DataPlaneKind } from './data-planes.ts';
import type {
  ConsoleReport,
  LinkReport,
  NodeReport,
  PacketReport,
  PingReport,
  RunReport,
} from './run-report.ts';

export interface ReportSettings {
  readonly dataPlane: DataPlaneKind;
  /** False when the run was stopped early. */
  readonly isComplete: boolean;
}

export function labReport(lab: Lab, result: LabResult, { dataPlane, isComplete }: ReportSettings): RunReport {
  const { file, seed, timeline } = lab;
  const { expectations } = result;
  return {
    schema: 'pxtr-lab-run/1',
    scenario: file.name,
    title: file.title,
    dataPlane,
    seed,
    nodes: nodeReports(file),
    links: linkReports(file),
    warnings: file.warnings.map(formatLabWarning),
    packets: result.story.map(packetReport),
    console: consoleReports(timeline.records),
    pings: result.pings.map(({ node, result: ping }): PingReport => {
      const { request, marks, sent, received } = ping;
      return {
        node,
        destination: formatIp(request.destination),
        marks,
        sent,
        received,
        percent: ratePercent(ping),
      };
    }),
    expectations: expectations.map(({ passed, subject, expected, actual }) => ({
      passed,
      subject,
      expected,
      actual,
    })),
    complete: isComplete,
    passed: expectations.every(({ passed }) => passed),
    end: {
      time: formatTime(lab.now),
      events: timeline.event,
      frames: timeline.records.filter(isKind('frame')).length,
      logHash: result.logHash,
    },
  };
}

export function nodeReports({ nodes }: LabFile): NodeReport[] {
  return nodes.map((node): NodeReport => {
    const { name, kind } = node;
    const lisp = node.kind === 'router' ? node.options.lisp : undefined;
    const mappings = lisp?.databaseMappings ?? [];
    const eids = [...new Set(mappings.map(({ eid }) => formatEidPrefix(eid)))];
    const locators = mappings.flatMap((mapping) => mapping.locators.map(({ address }) => formatIp(address)));
    return {
      name,
      kind,
      roles: lispRoles(lisp),
      eids,
      rlocs: [...new Set(locators)],
      addresses: addressesOf(node).map(({ address, bits }) => formatPrefix({ address, bits })),
    };
  });
}

export function linkReports({ links }: LabFile): LinkReport[] {
  return links.map(({ name, a, b }) => ({
    name,
    ends: [
      { node: a.node, interface: a.interfaceName },
      { node: b.node, interface: b.interfaceName },
    ],
  }));
}

export function addressesOf(node: LabNode): readonly InterfaceAddress[] {
  return node.kind === 'host'
    ? node.options.addresses
    : node.options.interfaces.flatMap(({ addresses }) => addresses);
}

export function packetReport({
  frame,
  number,
  from,
  to,
  link,
  title,
  line,
  why,
  outcome,
}: StoryPacket): PacketReport {
  return {
    ...(number === undefined ? {} : { number }),
    frame: frame.number,
    time: formatTime(frame.time),
    link,
    from,
    to,
    title,
    line,
    why,
    ...(outcome === undefined ? {} : { outcome }),
    fate: frame.fate,
    bytes: frame.bytes.length,
  };
}

/** Each typed line with what its console printed until the next one. */
function consoleReports(records: readonly NetworkRecord[]): ConsoleReport[] {
  const entries: (Omit<ConsoleReport, 'output'> & { lines: string[] })[] = [];
  for (const record of records) {
    if (record.kind === 'typed') {
      const { node } = record;
      entries.push({
        node,
        time: formatTime(record.time),
        prompt: node + record.prompt,
        command: record.text,
        lines: [],
      });
    } else if (record.kind === 'console') {
      entries.findLast(({ node }) => node === record.node)?.lines.push(record.text);
    }
  }
  return entries.map(({ lines, ...entry }) => ({ ...entry, output: lines.join('\n') }));
}
