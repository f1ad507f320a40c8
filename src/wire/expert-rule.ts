/** The form of an expert rule. */
import type { SEVERITY_WORDS } from './field-table.ts';
import type { Layer } from './packet.ts';

/** Chat: how it goes. Note: worth knowing. Warn: against a rule, or odd. Error: cannot be decoded. */
export type Severity = (typeof SEVERITY_WORDS)[number];

/** Bytes of the outermost buffer. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface Finding extends ByteRange {
  readonly text: string;
}

/** What a rule may look at besides its layer. */
export interface RuleContext {
  readonly frame: Uint8Array;
  /** All layers, outermost first, without what an ICMP error quotes. */
  readonly layers: readonly Layer[];
  /** Number of the layer in `layers`. */
  readonly index: number;
  /** Bytes of the n-th field of this name in the layer; those of the layer when it has none. */
  readonly range: (field: string, occurrence?: number) => ByteRange;
}

export interface ExpertRule {
  readonly id: string;
  readonly severity: Severity;
  readonly reference: string;
  readonly requirement?: string;
  /** The kind of layer it looks at. */
  readonly on: Layer['kind'];
  readonly find: (layer: Layer, context: RuleContext) => Finding[];
}

type LayerOf<K extends Layer['kind']> = Extract<Layer, { readonly kind: K }>;

/** A rule about one kind of layer. `about` is `reference` or `requirement reference`: `CP-25 RFC 9301 §5.5`. */
export function expertRule<K extends Layer['kind']>(
  on: K,
  severity: Severity,
  id: string,
  about: string,
  find: (layer: LayerOf<K>, context: RuleContext) => Finding[],
): ExpertRule {
  const split = /^([A-Z]{2}-[0-9]{2}) (.+)$/.exec(about);
  return {
    id,
    severity,
    reference: split?.[2] ?? about,
    ...(split === null ? {} : { requirement: split[1]! }),
    on,
    find: (layer, context) => (layer.kind === on ? find(layer as LayerOf<K>, context) : []),
  };
}

/** One finding, or none when the condition does not hold. */
export function when(condition: boolean, text: string, { start, end }: ByteRange): Finding[] {
  return condition ? [{ text, start, end }] : [];
}
