// Finds the outside programs that tests use as judges (tshark, bgpdump) or hosts (chromium).
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export type Tool = 'tshark' | 'chromium' | 'bgpdump';

const TOOLS: Record<Tool, { variable: string; names: readonly string[] }> = {
  tshark: { variable: 'PXTR_TSHARK', names: ['tshark'] },
  bgpdump: { variable: 'PXTR_BGPDUMP', names: ['bgpdump'] },
  chromium: { variable: 'PXTR_CHROMIUM', names: ['chromium', 'chromium-browser', 'google-chrome'] },
};

const printed = new Set<Tool>();

/**
 * Path of an outside program: its PXTR_ variable if set (a path, or a name looked up in PATH), else PATH.
 * Undefined when absent; with PXTR_REQUIRE_TOOLS=1 an absent tool throws, so that CI cannot pass by skipping.
 */
export function findTool(tool: Tool, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const { variable, names } = TOOLS[tool];
  const wanted = env[variable];
  const candidates = wanted !== undefined && wanted !== '' ? [wanted] : names;
  for (const candidate of candidates) {
    const found = /[\\/]/.test(candidate) ? executable(candidate) : inPath(candidate, env);
    if (found !== undefined) return found;
  }
  if (env['PXTR_REQUIRE_TOOLS'] === '1') throw new Error(`PXTR_REQUIRE_TOOLS=1 and ${missing(tool, env)}`);
  return undefined;
}

/** Why tests that need `tool` cannot run, printed the first time; undefined when they can. */
export function skipReason(tool: Tool, env: NodeJS.ProcessEnv = process.env): string | undefined {
  if (findTool(tool, env) !== undefined) return undefined;
  const reason = missing(tool, env);
  if (!printed.has(tool)) {
    printed.add(tool);
    console.warn(`skipped: ${reason}`);
  }
  return reason;
}

function missing(tool: Tool, env: NodeJS.ProcessEnv): string {
  const { variable } = TOOLS[tool];
  const wanted = env[variable];
  return wanted !== undefined && wanted !== ''
    ? `${variable}=${wanted} is not an executable file`
    : `${tool} is not in PATH (${variable} may name it)`;
}

function inPath(name: string, env: NodeJS.ProcessEnv): string | undefined {
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    if (folder === '') continue;
    const found = executable(join(folder, name));
    if (found !== undefined) return found;
  }
  return undefined;
}

function executable(path: string): string | undefined {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile() ? path : undefined;
  } catch {
    return undefined;
  }
}
