import { GLOBAL_COMMANDS } from './commands-global.ts';
import { INTERFACE_COMMANDS } from './commands-interface.ts';
import { LISP_COMMANDS } from './commands-lisp.ts';
import { CACHE_COMMANDS, DATABASE_COMMANDS } from './commands-mapping.ts';
import { RIP_COMMANDS } from './commands-rip.ts';
import { ROUTER_COMMANDS } from './commands-router.ts';
import { SITE_COMMANDS, SITE_OPENERS } from './commands-site.ts';
import type { AnyCommand, Mode } from './grammar.ts';

/** Every configuration command, in the order in which `show running-config` writes them. */
export const COMMANDS: readonly AnyCommand[] = [
  ...GLOBAL_COMMANDS,
  ...INTERFACE_COMMANDS,
  ...DATABASE_COMMANDS,
  ...SITE_OPENERS,
  ...LISP_COMMANDS,
  ...CACHE_COMMANDS,
  ...ROUTER_COMMANDS,
  ...SITE_COMMANDS,
  ...RIP_COMMANDS,
];

export function commandsIn(mode: Mode): readonly AnyCommand[] {
  return COMMANDS.filter((command) => command.mode === mode);
}
