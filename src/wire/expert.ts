/** What an expert would remark about a packet: marks with a severity, a text and the rule they come from. */
import { EXPERT_CONTROL_RULES } from './expert-control.ts';
import { EXPERT_PACKET_RULES } from './expert-packet.ts';
import type { ExpertRule, RuleContext, Severity } from './expert-rule.ts';
import { SEVERITY_WORDS } from './field-table.ts';
import { fieldsOf } from './packet-fields.ts';
import { layersOf, type Layer } from './packet.ts';

export type { Severity } from './expert-rule.ts';

/** A remark about some bytes of a packet. */
export interface ExpertMark {
  /** Name of the rule, such as `locators-not-sorted`. */
  readonly id: string;
  readonly severity: Severity;
  readonly text: string;
  /** Where the rule is from, such as `RFC 9301 §5.5`. */
  readonly reference: string;
  /** The requirement of docs/protocol.md that it is about. */
  readonly requirement?: string;
  /** Bytes [start, end) of the outermost buffer. */
  readonly start: number;
  readonly end: number;
}

/** Every rule, by layer from the outside in. */
export const EXPERT_RULES: readonly ExpertRule[] = [...EXPERT_PACKET_RULES, ...EXPERT_CONTROL_RULES];

/** All marks of a packet in the order of its bytes; `frame` is the buffer that was decoded, from its first byte on. */
export function expertMarks(packet: Layer, frame: Uint8Array): ExpertMark[] {
  const layers = [...layersOf(packet)];
  const fields = fieldsOf(packet, frame);
  // What an ICMP error quotes is another packet: it may be cut, and what is odd about it is not this sender's doing.
  const quoteAt = layers.findIndex(({ kind }) => kind === 'icmp');
  const own = quoteAt < 0 ? layers : layers.slice(0, quoteAt + 1);
  const marks = own.flatMap((layer, index) => {
    const context: RuleContext = {
      frame,
      layers: own,
      index,
      range: (name, occurrence = 0) => {
        const found = fields.filter((each) => each.layer === index && each.name === name)[occurrence];
        return found ?? layer;
      },
    };
    return EXPERT_RULES.filter(({ on }) => on === layer.kind).flatMap((rule) =>
      rule.find(layer, context).map(({ text, start, end }): ExpertMark => {
        const { id, severity, reference, requirement } = rule;
        return {
          id,
          severity,
          text,
          reference,
          ...(requirement === undefined ? {} : { requirement }),
          start,
          end,
        };
      }),
    );
  });
  return marks.sort((a, b) => a.start - b.start || severityRank(b.severity) - severityRank(a.severity));
}

/** 1 for the mildest. */
export function severityRank(severity: Severity): number {
  return SEVERITY_WORDS.indexOf(severity) + 1;
}
