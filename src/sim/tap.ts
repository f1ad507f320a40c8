import { LINK_RAW } from '../wire/capture.ts';
import { PcapngWriter } from '../wire/pcapng-writer.ts';
import type { Frame } from './record.ts';

/** What the capture file says about a packet. */
export type Annotate = (frame: Frame) => string | undefined;

const FATE_NOTES: Readonly<Record<Frame['fate'], string>> = {
  sent: '',
  lost: '[lost on the link]',
  'too-big': '[too big for the link: dropped]',
  'link-down': '[the link is down: dropped]',
};

/**
 * A pcapng file with one interface block per link, in the order of the links, and every frame as it was put on its
 * link, lost ones included. Times are virtual: the file's epoch is the start of the run.
 */
export function captureFile(
  links: readonly { readonly name: string }[],
  frames: readonly Frame[],
  annotate: Annotate = () => undefined,
): Uint8Array {
  const writer = new PcapngWriter();
  for (const { name } of links) writer.addInterface(name, LINK_RAW);
  for (const frame of frames) {
    const comment = [annotate(frame) ?? '', FATE_NOTES[frame.fate], frame.injected ? '[injected]' : '']
      .filter((part) => part !== '')
      .join(' ');
    writer.packet(frame.link, frame.time, frame.bytes, comment === '' ? undefined : comment);
  }
  return writer.finishCopy();
}
