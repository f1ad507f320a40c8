import type { RouterOptions } from '../router/options.ts';
import type { Args } from './args.ts';

/** The interface of this router that a command names; undefined after a refusal. */
export function readInterface(args: Args, { interfaces }: RouterOptions): string | undefined {
  const name = args.optionalInterface('interface');
  if (interfaces.some((each) => each.name === name)) return name;
  const names = interfaces.map((each) => each.name).join(', ') || 'none';
  args.refuse('interface', 'Unknown interface', `interfaces are: ${names}`);
  return undefined;
}
