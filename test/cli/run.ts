// Runs commands in this process and holds their text against goldens.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { runCli } from '../../src/cli/program.ts';

export interface CommandRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** What was written to standard output as bytes. */
  readonly bytes: Uint8Array;
}

/** `pxtr <args>`, colours off, nothing on standard input. */
export function pxtr(...args: readonly string[]): Promise<CommandRun> {
  return pxtrFed('', ...args);
}

/** `pxtr <args> < input`. */
export async function pxtrFed(input: string, ...args: readonly string[]): Promise<CommandRun> {
  let out = '';
  let err = '';
  const chunks: Uint8Array[] = [];
  const code = await runCli(args, {
    out: (chunk) => {
      if (typeof chunk === 'string') out += chunk;
      else chunks.push(chunk);
    },
    err: (text) => {
      err += text;
    },
    colors: false,
    input: Readable.from([input]),
  });
  return { code, out, err, bytes: new Uint8Array(Buffer.concat(chunks)) };
}

/**
 * Holds a text against test/cli/goldens/<name>.txt; PXTR_UPDATE_GOLDENS=1 writes it. Nonces, source ports and log
 * digests are masked: they follow from the seed, and their own tests hold them.
 */
export function expectGolden(name: string, text: string): void {
  const path = fileURLToPath(new URL(`goldens/${name}.txt`, import.meta.url));
  const masked = text
    .replaceAll(/0x[0-9a-f]{16}/g, '0x<nonce>')
    .replaceAll(/flow hash 0x[0-9a-f]{8}/g, 'flow hash 0x<hash>')
    .replaceAll(/log [0-9a-f]{16}/g, 'log <digest>');
  if (process.env['PXTR_UPDATE_GOLDENS'] === '1') {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, masked);
  }
  const golden = existsSync(path) ? readFileSync(path, 'utf8') : '';
  expect(masked, `${path}: PXTR_UPDATE_GOLDENS=1 writes it`).toBe(golden);
}
