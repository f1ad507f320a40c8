// Runs the labs of examples/, as they are or with lines of their files replaced.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { Model } from '../../src/engine/model.ts';
import type { DataPlane } from '../../src/engine/data-plane.ts';
import { loadLab, type LabFile } from '../../src/sim/lab-file.ts';
import { createLab, type Lab, type LabSettings } from '../../src/sim/lab.ts';
import { formatLabError } from '../../src/sim/lab-yaml.ts';
import { formatExpectation } from '../../src/sim/lab-expect.ts';
import type { PacketFacts } from '../../src/sim/packet-facts.ts';
import type { StoryPacket } from '../../src/sim/story.ts';
import { layersOf, type Layer } from '../../src/wire/packet.ts';
import { exampleFiles } from '../sim/examples.ts';

/** Replacements in a file of the folder: each `from` must occur. */
export type Edits = Readonly<Record<string, readonly (readonly [from: string, to: string])[]>>;

export function labFile(example: string, edits: Edits = {}): LabFile {
  const files = exampleFiles(example);
  for (const [name, replacements] of Object.entries(edits)) {
    for (const [from, to] of replacements) {
      const text = files.get(name) ?? '';
      if (!text.includes(from)) throw new Error(`${example}/${name} does not hold "${from}"`);
      files.set(name, text.replace(from, to));
    }
  }
  const loaded = loadLab(files);
  if (!loaded.ok) throw new Error(loaded.error.map(formatLabError).join('\n'));
  return loaded.value;
}

export const makeModel = (): DataPlane => new Model();

export function lab(example: string, edits: Edits = {}, settings: Partial<LabSettings> = {}): Lab {
  return createLab(labFile(example, edits), { makeDataPlane: makeModel, ...settings });
}

/** Sets the miss policy of some routers. */
export function policies(of: Readonly<Record<string, 'hold' | 'drop'>>, example = 'pxtr'): Edits {
  const files = exampleFiles(example);
  return Object.fromEntries(
    Object.entries(of).map(([name, policy]) => {
      const file = `${name}.ios`;
      const line = /miss-policy \w+/.exec(files.get(file) ?? '')![0];
      return [file, [[line, `miss-policy ${policy}`]]];
    }),
  );
}

/** The numbered packets of the story. */
export function numbered(lab: Lab): StoryPacket[] {
  return lab.story().filter(({ number }) => number !== undefined);
}

/** The facts of packet `number`. */
export function packet(lab: Lab, number: number): PacketFacts {
  const facts = numbered(lab)[number - 1]?.facts;
  if (facts === undefined) throw new Error(`the story has no packet ${number}`);
  return facts;
}

/** Layers of one kind, from the outside in. */
export function layers<K extends Layer['kind']>(facts: PacketFacts, kind: K): Extract<Layer, { kind: K }>[] {
  return [...layersOf(facts.packet)].filter(
    (layer): layer is Extract<Layer, { kind: K }> => layer.kind === kind,
  );
}

/** Fails with everything that did not come out as the lab file expects. */
export function expectPassed(lab: Lab): void {
  const failed = lab.result().expectations.filter(({ passed }) => !passed);
  expect(failed.map(formatExpectation)).toEqual([]);
}

/** Holds a text against test/scenarios/goldens/<name>; PXTR_UPDATE_GOLDENS=1 writes it instead. */
export function expectGolden(name: string, lines: readonly string[]): void {
  const path = join(import.meta.dirname, 'goldens', name);
  const text = `${lines.join('\n')}\n`;
  if (process.env['PXTR_UPDATE_GOLDENS'] === '1') {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  if (!existsSync(path))
    throw new Error(`no golden ${name}: run once with PXTR_UPDATE_GOLDENS=1 and read it`);
  expect(text).toBe(readFileSync(path, 'utf8'));
}
