/**
 * Engines that lack one piece of work, to see what it costs: the engine's sources with that piece taken out, compiled
 * as the release build is. What is taken out is named by its text, so that a change of the sources is noticed.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileEngineSync, type EngineModule } from '../src/engine/engine-module.ts';
import { checkoutFolder } from './native-harness.ts';

interface Cut {
  readonly file: string;
  readonly text: string;
  readonly instead: string;
}

export const ABLATIONS = {
  'no counters': [
    {
      file: 'batch.ts',
      text: 'store<u64>(at, load<u64>(at) + amount);',
      instead: '',
    },
    {
      file: 'batch.ts',
      text: 'store<u64>(at, load<u64>(at) + 1);',
      instead: '',
    },
  ],
  'no MTU check': [
    {
      file: 'express-encap.ts',
      text: 'i32x4.bitmask(i32x4.le_u(length, i32x4.shr_u(side, 16)))',
      instead: 'i32x4.bitmask(i32x4.gt_u(side, i32x4.splat(0)))',
    },
  ],
  'no header checksum': [
    {
      file: 'express-parse.ts',
      text: 'let fit = i32x4.eq(sum, i32x4.splat(0xffff));',
      instead: 'let fit = i32x4.splat(-1);',
    },
  ],
  'not four at a time': [
    {
      file: 'express.ts',
      text: 'const skip = load<u32>(work, WORK_SKIP_OFFSET);',
      instead: 'const skip: u32 = 1;',
    },
  ],
} as const satisfies Readonly<Record<string, readonly Cut[]>>;

export type Ablation = keyof typeof ABLATIONS;

export const ABLATED = Object.keys(ABLATIONS) as readonly Ablation[];

export function cutOut(source: string, { file, text, instead }: Cut): string {
  const parts = source.split(text);
  if (parts.length !== 2) throw new Error(`assembly/${file} has this ${parts.length - 1} times: ${text}`);
  return parts.join(instead);
}

const compiled = new Map<Ablation, EngineModule>();

/** Takes seconds, once. Throws when the sources no longer have the text. */
export function compileWithout(ablation: Ablation): EngineModule {
  const module = compiled.get(ablation) ?? compile(ablation);
  compiled.set(ablation, module);
  return module;
}

function compile(ablation: Ablation): EngineModule {
  const root = checkoutFolder();
  const folder = mkdtempSync(join(tmpdir(), 'pxtr-ablation-'));
  try {
    cpSync(join(root, 'assembly'), join(folder, 'assembly'), { recursive: true });
    cpSync(join(root, 'asconfig.json'), join(folder, 'asconfig.json'));
    for (const cut of ABLATIONS[ablation]) {
      const path = join(folder, 'assembly', cut.file);
      writeFileSync(path, cutOut(readFileSync(path, 'utf8'), cut));
    }
    const asc = join(root, 'node_modules/assemblyscript/bin/asc.js');
    const out = ['--outFile', 'without.wasm'];
    execFileSync(process.execPath, [asc, '--config', 'asconfig.json', '--target', 'release', ...out], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    return compileEngineSync(readFileSync(join(folder, 'without.wasm')));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
