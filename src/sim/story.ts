/** The story of a run: the packets that matter, numbered, each with what it is and why it was sent. */
import type { PacketFacts } from './packet-facts.ts';
import { isUpkeep, lineOf } from './packet-facts.ts';
import { titleOf } from './packet-title.ts';
import { outcomeOf, reasonOf } from './reason.ts';
import { indexRecords, type EncapsulatorOf, type RecordIndex, type SentPacket } from './record-index.ts';
import type { Frame, NetworkRecord } from './record.ts';

/** A packet on a link, in words. */
export interface StoryPacket {
  readonly frame: Frame;
  /** Place in the story, from 1; absent for registration and other upkeep, and for injected packets. */
  readonly number?: number;
  readonly from: string;
  readonly to: string;
  readonly link: string;
  /** A few words: `ECM Map-Request 4.4.4.4/32`. */
  readonly title: string;
  /** One line with addresses. */
  readonly line: string;
  /** Why the sender sent it. */
  readonly why: string;
  /** What the receiver did with it, when that is the end of it. */
  readonly outcome?: string;
  /** Absent when the bytes are no IP packet. */
  readonly facts?: PacketFacts;
}

/** A link, as far as a story names it. */
export interface StoryLink {
  readonly name: string;
  readonly a: string;
  readonly b: string;
}

/**
 * All packets of a run in the order in which they were put on a link. Without `encapsulatorOf` the role of who
 * encapsulates is guessed by what it asked.
 */
export function tellStory(
  records: readonly NetworkRecord[],
  links: readonly StoryLink[],
  encapsulatorOf?: EncapsulatorOf,
): StoryPacket[] {
  const index = indexRecords(records, encapsulatorOf);
  let count = 0;
  return [...index.packets.values()].map((packet) => {
    const { record, facts } = packet;
    const { frame } = record;
    const { name: link, a, b } = links[frame.link]!;
    const [from, to] = frame.direction === 0 ? [a, b] : [b, a];
    const outcome = outcomeOf(packet, index);
    const head = { frame, from, to, link, ...(outcome === undefined ? {} : { outcome }) };
    if (facts === undefined) {
      return {
        ...head,
        title: 'not IP',
        line: `${frame.bytes.length} bytes that are no IP packet`,
        why: OUTSIDE,
      };
    }
    const counts = !isUpkeep(facts) && !isStray(packet, index);
    return {
      ...head,
      ...(counts ? { number: ++count } : {}),
      title: titleOf(facts),
      line: lineOf(facts),
      why: frame.injected ? OUTSIDE : reasonOf({ ...packet, facts }, index),
      facts,
    };
  });
}

const OUTSIDE = 'put on the link from outside';

/** Injected packets, and what follows from them, are not part of the story. */
function isStray({ record }: SentPacket, index: RecordIndex): boolean {
  for (let at: SentPacket['record'] | undefined = record; at !== undefined;) {
    if (at.frame.injected) return true;
    at = at.cause === undefined ? undefined : index.packets.get(at.cause)?.record;
  }
  return false;
}
