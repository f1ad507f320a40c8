/** What happens when a line is typed at a node's console. */
import type { Micros } from '../base/time.ts';
import { formatConfigError } from '../ios/config-error.ts';
import { parseExec } from '../ios/exec.ts';
import { runShow } from '../ios/show/show.ts';
import type { PingRequest } from '../router/node.ts';
import { DEFAULT_MTU, type RouterOptions } from '../router/options.ts';
import type { RouterView } from '../router/view.ts';
import type { HostOptions } from './host.ts';

export type ConsoleOutcome =
  | { readonly kind: 'text'; readonly lines: readonly string[] }
  | { readonly kind: 'ping'; readonly request: PingRequest }
  /** Configuration lines. */
  | { readonly kind: 'configure'; readonly text: string };

/** Reads a line typed at a router and says what is to be done. Show commands are answered at once. */
export function routerCommand(router: RouterView, now: Micros, line: string): ConsoleOutcome {
  const command = parseExec(line, router.options);
  if (!command.ok) return { kind: 'text', lines: complaint(formatConfigError(command.error, 'console')) };
  if (command.value.kind !== 'show') return command.value;
  const shown = runShow(router, now, command.value.text);
  return {
    kind: 'text',
    lines: shown.ok ? shown.value : complaint(formatConfigError(shown.error, 'console')),
  };
}

/** A host knows `ping` only. */
export function hostCommand(host: HostOptions, line: string): ConsoleOutcome {
  const options: RouterOptions = {
    hostname: host.name,
    interfaces: [
      {
        name: host.interfaceName ?? 'eth0',
        shutdown: false,
        mtu: host.mtu ?? DEFAULT_MTU,
        addresses: host.addresses,
      },
    ],
    staticRoutes: [],
  };
  const command = parseExec(line, options);
  if (!command.ok) return { kind: 'text', lines: complaint(formatConfigError(command.error, 'console')) };
  if (command.value.kind === 'ping') return command.value;
  return { kind: 'text', lines: ['% A host knows only ping.'] };
}

/** The caret and the message: what a console shows under the line that was typed. */
function complaint(text: string): string[] {
  return text.split('\n').slice(2);
}
