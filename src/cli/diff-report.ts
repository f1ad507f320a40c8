/** What `pxtr diff` finds: differences of two packets field by field, of two captures frame by frame. */
import { layersOf } from '../wire/packet.ts';
import { formatFieldValue, type PacketField } from '../wire/field.ts';
import { align } from './align.ts';
import { summaryOf } from './decode-report.ts';
import { packetFields, type Frame } from './frames.ts';

/** A side of a difference; byte ranges count from the start of the frame. */
export interface FieldSide {
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

/** A field that only one of the two packets has, or that both have with other values. */
export interface FieldDifference {
  readonly field: string;
  readonly left?: FieldSide;
  readonly right?: FieldSide;
}

export interface FrameSide {
  readonly frame: number;
  readonly time: string;
  readonly interface: string;
  readonly summary: string;
}

/** A frame that only one capture has, or one whose fields differ. */
export interface FrameDifference {
  readonly left?: FrameSide;
  readonly right?: FrameSide;
  readonly fields: readonly FieldDifference[];
}

/** Fields that follow from others; what made them differ is reported by itself. */
const DERIVED: ReadonlySet<string> = new Set(['ip.checksum', 'udp.checksum', 'icmp.checksum', 'ip.hdr_len']);
/** What two runs of one exchange do not share. */
const PER_RUN = /\bnonce 0x[0-9a-f]+|\bid \d+|\bttl \d+m?|\[bad [^\]]*\]/g;

/** Differences in the order of the left packet's fields; `ignored` names fields that may differ. */
export function diffFields(left: Frame, right: Frame, ignored: ReadonlySet<string>): FieldDifference[] {
  const [a, b] = [fieldsToCompare(left), fieldsToCompare(right)];
  const rows = align(a.map(placeOf), b.map(placeOf));
  const found: FieldDifference[] = [];
  for (const { left: i, right: j } of rows) {
    const [mine, theirs] = [i === undefined ? undefined : a[i]!, j === undefined ? undefined : b[j]!];
    const field = (mine ?? theirs)!.name;
    const [from, to] = [sideOf(mine), sideOf(theirs)];
    if (from !== undefined && to !== undefined && from.value === to.value) continue;
    found.push({ field, ...(from && { left: from }), ...(to && { right: to }) });
  }
  // An ignored difference is a cause as well.
  const hasCause = found.some(({ field }) => !DERIVED.has(field));
  return found.filter(({ field }) => !ignored.has(field) && !(hasCause && DERIVED.has(field)));
}

/** Differences in the order of both captures. Times do not count. */
export function diffFrames(
  left: readonly Frame[],
  right: readonly Frame[],
  ignored: ReadonlySet<string>,
): FrameDifference[] {
  const rows = align(left.map(likenessOf), right.map(likenessOf));
  return rows.flatMap(({ left: i, right: j }): FrameDifference[] => {
    const [a, b] = [i === undefined ? undefined : left[i]!, j === undefined ? undefined : right[j]!];
    if (a === undefined || b === undefined)
      return [{ ...(a && { left: frameSide(a) }), ...(b && { right: frameSide(b) }), fields: [] }];
    const fields = diffFields(a, b, ignored);
    return fields.length === 0 ? [] : [{ left: frameSide(a), right: frameSide(b), fields }];
  });
}

/** Presence of a protocol shows in its fields. */
function fieldsToCompare(frame: Frame): PacketField[] {
  return packetFields(frame).filter(({ value }) => value.kind !== 'protocol');
}

/** Fields of the same name in the same layer stand opposite each other. */
function placeOf({ layer, name }: PacketField): string {
  return `${layer} ${name}`;
}

function sideOf(field: PacketField | undefined): FieldSide | undefined {
  if (field === undefined) return undefined;
  return { value: formatFieldValue(field.value), start: field.start, end: field.end };
}

/** Frames alike in this are versions of one another: link, layers, and what the packet is about. */
function likenessOf(frame: Frame): string {
  const kinds = frame.packet === undefined ? [] : Array.from(layersOf(frame.packet), ({ kind }) => kind);
  return `${frame.link} ${kinds.join('/')} ${summaryOf(frame).replaceAll(PER_RUN, '')}`;
}

function frameSide(frame: Frame): FrameSide {
  return { frame: frame.number, time: frame.time, interface: frame.link, summary: summaryOf(frame) };
}
