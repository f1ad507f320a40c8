// The built program as a process: what the in-process tests cannot see.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

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
