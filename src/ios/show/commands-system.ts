/** `show` commands that are not about LISP. */
import { formatAge } from '../../base/time.ts';
import { VERSION } from '../../base/version.ts';
import { dayOfMarch, timeOfDay } from '../clock.ts';
import type { Args } from '../args.ts';
import { describeDebugging } from '../debug.ts';
import { renderConfig, renderDraft, renderInterface, renderNormalised } from '../render.ts';
import { draftOf } from '../draft.ts';
import { showCapture } from './capture.ts';
import { showCommand, type ShowCommand } from './command.ts';
import { showInterfaces, showInterfacesBrief } from './interface.ts';
import { showProtocols, showRipDatabase } from './rip.ts';
import { showRouteTo, showRoutes } from './route.ts';
import { showTraces } from './trace.ts';

const FAMILY = '<family:ip|ipv6>';
const NO_CONSOLE = ['% Only at a console.'];

export const SYSTEM_COMMANDS: readonly ShowCommand[] = [
  showCommand(
    `${FAMILY} route [connected | local | static | rip | <address:ip>]`,
    'Routes of the underlay',
    ({ view }, args) => {
      const family = args.family();
      const address = args.optionalIp('address');
      if (address === undefined) {
        const words = ['connected', 'local', 'static', 'rip'] as const;
        return showRoutes(
          view,
          family,
          words.find((word) => args.hasKeyword(word)),
        );
      }
      if (address.family === family) return showRouteTo(view, address);
      args.refuse('address', 'Family mismatch', `an IPv${family} address is expected`);
      return undefined;
    },
  ),
  showCommand('ip rip database', 'Routes of RIP, own and learned', ({ view, now }) =>
    showRipDatabase(view, now),
  ),
  showCommand('ip protocols', 'What RIP does, and with whom', ({ view, now }) => showProtocols(view, now)),
  showCommand(`${FAMILY} interface brief`, 'Interfaces and their addresses', ({ view }, args) =>
    showInterfacesBrief(view.options, args.family()),
  ),
  showCommand('interfaces [<name:interface>]', 'Interfaces and their packets', ({ view, now }, args) => {
    if (args.optionalInterface('name') === undefined) return showInterfaces(view, now);
    const found = findInterface(view.options.interfaces, args);
    return found && showInterfaces(view, now, [found]);
  }),
  showCommand('running-config', 'The configuration, as it was entered', ({ view, facts }) =>
    linesOf(facts === undefined ? renderConfig(view.options) : renderDraft(facts.draft)),
  ),
  showCommand(
    'running-config normalized',
    'The configuration in the words of "router lisp"',
    ({ view, facts }) =>
      linesOf(facts === undefined ? renderConfig(view.options) : renderNormalised(facts.draft)),
    { own: true },
  ),
  showCommand(
    'running-config interface <name:interface>',
    'The configuration of an interface',
    ({ view, facts }, args) => {
      const { interfaces } = facts?.draft ?? draftOf(view.options);
      const found = findInterface(interfaces, args);
      return found && renderInterface(found);
    },
  ),
  showCommand('clock', 'The time of the lab', ({ now }) => [
    `*${timeOfDay(now)} UTC, March ${dayOfMarch(now)}`,
  ]),
  showCommand('version', 'What this router is', ({ view, now }) => [
    `pxtr Software, Version ${VERSION}`,
    'LISP (RFC 9300, RFC 9301, RFC 6832)',
    '',
    `${view.options.hostname} uptime is ${formatAge(now)}`,
    `${view.options.interfaces.length} interfaces`,
  ]),
  showCommand('history', 'Lines typed at this console', ({ facts }) =>
    facts === undefined ? NO_CONSOLE : facts.history.map((line) => `  ${line}`),
  ),
  showCommand('debugging', 'What "debug" switched on', ({ facts }) =>
    facts === undefined ? NO_CONSOLE : describeDebugging(facts.debugging),
  ),
  showCommand('monitor capture', 'State of the packet capture', ({ facts }) =>
    facts === undefined ? NO_CONSOLE : showCapture(facts.capture),
  ),
  showCommand(
    'trace',
    'Packets traced through the data plane',
    ({ view }) => showTraces(view.packetTraces()),
    {
      own: true,
    },
  ),
];

function linesOf(text: string): string[] {
  return text.trimEnd().split('\n');
}

/** The interface that the parameter `name` means; undefined after a refusal. */
function findInterface<T extends { readonly name: string }>(
  interfaces: readonly T[],
  args: Args,
): T | undefined {
  const name = args.optionalInterface('name');
  const found = interfaces.find((each) => each.name === name);
  if (found === undefined)
    args.refuse(
      'name',
      'Unknown interface',
      `interfaces are: ${interfaces.map((each) => each.name).join(', ')}`,
    );
  return found;
}
