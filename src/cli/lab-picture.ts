/** From a scenario to a picture of it: the network as configured, or the packets of a run. */
import { ladderDot } from '../sim/draw/ladder-dot.ts';
import { ladderMermaid } from '../sim/draw/mermaid.ts';
import { ladderSvg } from '../sim/draw/ladder-svg.ts';
import { packetClass, type LadderRemark, type LadderStory } from '../sim/draw/ladder-story.ts';
import type { Lab } from '../sim/lab.ts';
import { labGraph, type LabGraph } from '../sim/lab-graph.ts';
import { linkReports, nodeReports, packetReport } from './lab-report.ts';
import { foldRepeats, repeatText } from './render/fold.ts';
import { neighbourOrder } from './render/topology.ts';
import type { PacketReport } from './run-report.ts';

/** The packets of a lab that has run. Rounds that repeat are told once, upkeep not at all, unless all is wanted. */
export function ladderStory(lab: Lab, showAll: boolean): LadderStory {
  const { file } = lab;
  const story = lab.story();
  const reports = story.map(packetReport).filter(({ number }) => number !== undefined || showAll);
  const remarks = new Map<number, LadderRemark>();
  const timeOf = new Map(story.map(({ frame }) => [frame.number, frame.time]));
  const shown = new Set<number>();
  let last = 0;
  for (const told of showAll ? reports.map((packet) => ({ packet })) : foldRepeats(reports)) {
    if ('packet' in told) {
      last = told.packet.frame;
      shown.add(last);
    } else {
      const until = timeOf.get(told.repeat.packets.at(-1)!.frame)!;
      remarks.set(last, { text: `… ${repeatText(told.repeat)}`, until });
    }
  }
  return {
    graph: labGraph(file),
    order: neighbourOrder(nodeReports(file), linkReports(file)),
    packets: story.filter(({ frame }) => shown.has(frame.number)),
    remarks,
  };
}

export type LadderFormat = 'svg' | 'mermaid' | 'dot';

export function drawLadder(story: LadderStory, format: LadderFormat): string {
  switch (format) {
    case 'svg':
      return ladderSvg(story);
    case 'mermaid':
      return ladderMermaid(story);
    case 'dot':
      return ladderDot(story);
  }
}

/** The document that `pxtr lab graph --json` prints. Kept as stable as RunReport. */
export interface GraphReport extends LabGraph {
  readonly schema: 'pxtr-lab-graph/1';
}

/** The document that `pxtr lab graph --ladder --json` prints. */
export interface LadderReport {
  readonly schema: 'pxtr-lab-ladder/1';
  readonly scenario: string;
  readonly title: string;
  /** From left to right. */
  readonly nodes: readonly string[];
  readonly packets: readonly (PacketReport & { readonly class: ReturnType<typeof packetClass> })[];
}

export function graphReport(graph: LabGraph): GraphReport {
  return { schema: 'pxtr-lab-graph/1', ...graph };
}

export function ladderReport({ graph, order, packets }: LadderStory): LadderReport {
  return {
    schema: 'pxtr-lab-ladder/1',
    scenario: graph.name,
    title: graph.title,
    nodes: order,
    packets: packets.map((packet) => ({ ...packetReport(packet), class: packetClass(packet) })),
  };
}
