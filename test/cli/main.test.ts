// The built program as a process: what the in-process tests cannot see.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { BenchReport } from '../../src/bench/results.ts';

const MAIN = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
const isBuilt = existsSync(MAIN);
if (!isBuilt) console.warn('skipped: dist/ is not built (npm run build)');

describe.skipIf(!isBuilt && process.env['PXTR_REQUIRE_TOOLS'] !== '1')('the program', () => {
  // Another folder: built-in scenarios are found from the program, not from where it is started.
  const options = { cwd: tmpdir(), encoding: 'utf8' } as const;

  it('runs the article’s lab from anywhere, without colours into a pipe', () => {
    // A test runner that prints colours may ask its children for them.
    const { FORCE_COLOR: _, ...env } = process.env;
    const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, 'lab', 'run', 'pxtr'], {
      ...options,
      env,
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('\n.!!!!\nSuccess rate is 80 percent (4/5)');
    expect(stdout).not.toContain('\u001b[');
  });

  it('has colours when asked for', () => {
    const env = { ...process.env, FORCE_COLOR: '1', NO_COLOR: '' };
    const { stdout } = spawnSync(process.execPath, [MAIN, 'lab', 'list'], { ...options, env });
    expect(stdout).toContain('\u001b[');
  });

  it('hands its exit code to the shell', () => {
    expect(spawnSync(process.execPath, [MAIN, 'lab', 'run', 'nothing'], options).status).toBe(2);
  });

  it('measures updates beside a thread of its own', { timeout: 60_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'pxtr-updates-'));
    try {
      const table = join(folder, 'table.txt');
      writeFileSync(table, '10.0.0.0/8 7\n10.1.0.0/16 8\n');
      const quick = '--kinds patricia --rounds 1 --milliseconds 1 --keys 256 --sample 0 --trace rand'.split(
        ' ',
      );
      const args = [MAIN, 'bench', '--table', table, ...quick, '--updates', '20', '--json'];
      const { status, stdout, stderr } = spawnSync(process.execPath, args, options);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      const { settings, updates } = JSON.parse(stdout) as BenchReport;
      expect(settings.updates).toBe(20);
      expect(updates).toMatchObject([{ kind: 'patricia', beside: { announce: { n: 20 }, torn: 0 } }]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('stays quiet when the reader of its pipe goes away', async () => {
    const child = spawn(process.execPath, [MAIN, 'lab', 'run', 'outside-in', '--all', '--json'], {
      cwd: tmpdir(),
    });
    let errors = '';
    child.stderr.on('data', (text) => (errors += String(text)));
    child.stdout.once('data', () => child.stdout.destroy());
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
  });
});
