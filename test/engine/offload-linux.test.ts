// What Linux makes of the same frames and packets.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../src/base/bytes.ts';
import { OffloadModel } from '../../src/engine/model-offload.ts';
import type { Offloads } from '../../src/engine/offloads.ts';
import { hex } from '../support/hex.ts';
import { OFFLOAD_BUILDS, offloadOf } from './offload-builds.ts';

interface Vector {
  readonly name: string;
  readonly sent: readonly Uint8Array[];
  readonly received: readonly string[];
}

const sections = readFileSync(new URL('vectors/offload-linux.md', import.meta.url), 'utf8')
  .split(/^## /m)
  .slice(1);

function vectors(call: 'split' | 'coalesce'): Vector[] {
  return sections
    .filter((section) => section.startsWith(`${call}: `))
    .map((section) => {
      const lines = (block: string): string[] =>
        new RegExp(`^\`\`\`${block}\n([^]*?)\n\`\`\`$`, 'm').exec(section)![1]!.split('\n');
      const name = section.slice(call.length + 2, section.indexOf('\n'));
      return { name, sent: lines('in').map(hex), received: lines('out') };
    });
}

/** Without the hint of header bytes: the kernel says how much of the frame lay in one piece. */
const withoutHint = (frame: string): string => `${frame.slice(0, 4)}0000${frame.slice(8)}`;

const planes: readonly (readonly [string, Offloads])[] = [
  ['Model', new OffloadModel()],
  ...OFFLOAD_BUILDS.map((build) => [build, offloadOf(build)] as const),
];

describe.each(planes)('%s and Linux', (_, plane) => {
  it.each(vectors('split'))('make the same packets: $name', ({ sent, received }) => {
    const result = plane.split(sent[0]!);
    expect(result.ok && result.value.map(toHex)).toEqual(received);
  });

  it.each(vectors('coalesce'))('make the same frames: $name', ({ sent, received }) => {
    const result = plane.coalesce(sent);
    const frames = result.ok ? result.value.map(({ frame }) => withoutHint(toHex(frame))) : [];
    // The kernel hands out a flow that ends before one that began earlier.
    expect(frames.sort()).toEqual(received.map(withoutHint).sort());
  });
});
