// Literate vector files: a heading, prose, a `hex` block and a `text` block for each packet.
import { readFileSync } from 'node:fs';
import { hex } from './hex.ts';

export interface PacketVector {
  /** The heading. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** What the `text` block says, without its last line break. */
  readonly text: string;
}

/** The packets of a file in test/wire/vectors. */
export function packetVectors(file: string): PacketVector[] {
  const markdown = readFileSync(new URL(`../wire/vectors/${file}`, import.meta.url), 'utf8');
  return markdown
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const block = (language: string): string =>
        new RegExp(`^\`\`\`${language}\n([^]*?)\n\`\`\`$`, 'm').exec(section)?.[1] ?? '';
      return { name: section.slice(0, section.indexOf('\n')), bytes: hex(block('hex')), text: block('text') };
    });
}
