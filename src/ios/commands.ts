import { BLOCK_OPENERS, LOCATOR_SET_COMMANDS, TABLE_COMMANDS } from './commands-block.ts';
import { GLOBAL_COMMANDS, ROUTE_COMMANDS } from './commands-global.ts';
import { INTERFACE_COMMANDS } from './commands-interface.ts';
import { BLOCK_COMMANDS, GLOBAL_LISP_COMMANDS, LISP_COMMANDS } from './commands-lisp.ts';
import {
  BLOCK_EID_COMMANDS,
  CACHE_COMMANDS,
  DATABASE_COMMANDS,
  GLOBAL_CACHE_COMMANDS,
  GLOBAL_DATABASE_COMMANDS,
} from './commands-mapping.ts';
import { RIP_COMMANDS } from './commands-rip.ts';
import { GLOBAL_ROUTER_COMMANDS, ROUTER_COMMANDS } from './commands-router.ts';
import { GLOBAL_SITE_COMMANDS, GLOBAL_SITE_OPENERS, SITE_COMMANDS, SITE_OPENERS } from './commands-site.ts';
import type { AnyCommand, Mode } from './grammar.ts';

/** Every configuration command, in the order in which `show running-config` writes them. */
export const COMMANDS: readonly AnyCommand[] = [
  ...GLOBAL_COMMANDS,
  ...GLOBAL_SITE_OPENERS,
  ...GLOBAL_DATABASE_COMMANDS,
  ...GLOBAL_LISP_COMMANDS,
  ...GLOBAL_CACHE_COMMANDS,
  ...GLOBAL_ROUTER_COMMANDS,
  ...ROUTE_COMMANDS,
  ...INTERFACE_COMMANDS,
  ...BLOCK_OPENERS,
  ...TABLE_COMMANDS,
  ...DATABASE_COMMANDS,
  ...SITE_OPENERS,
  ...LISP_COMMANDS,
  ...CACHE_COMMANDS,
  ...BLOCK_EID_COMMANDS,
  ...BLOCK_COMMANDS,
  ...ROUTER_COMMANDS,
  ...SITE_COMMANDS,
  ...GLOBAL_SITE_COMMANDS,
  ...LOCATOR_SET_COMMANDS,
  ...RIP_COMMANDS,
];

export function commandsIn(mode: Mode): readonly AnyCommand[] {
  return COMMANDS.filter((command) => command.mode === mode);
}
