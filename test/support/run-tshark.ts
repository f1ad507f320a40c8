// Runs tshark over a capture in memory; tools.ts finds the program.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTool } from './tools.ts';

/**
 * Standard output of tshark reading `capture` (a pcap or pcapng file) with checksum checks on; undefined without
 * tshark. Through a file, because tshark does not read every kind of pipe.
 */
export function runTshark(capture: Uint8Array, ...options: readonly string[]): string | undefined {
  const tshark = findTool('tshark');
  if (tshark === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'pxtr-tshark-'));
  try {
    const file = join(folder, 'capture');
    writeFileSync(file, capture);
    const checks = ['-o', 'ip.check_checksum:TRUE', '-o', 'udp.check_checksum:TRUE'];
    return execFileSync(tshark, ['-n', '-r', file, ...checks, ...options], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
