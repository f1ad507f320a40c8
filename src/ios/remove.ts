import type { Args } from './args.ts';

/** Removes what `isMeant` picks; warns when there is nothing of that kind. */
export function removeWhere<T>(list: T[], isMeant: (item: T) => boolean, args: Args): void {
  const kept = list.filter((item) => !isMeant(item));
  if (kept.length === list.length) args.warn(`nothing to remove: ${args.line.text.trim()}`);
  list.splice(0, list.length, ...kept);
}
