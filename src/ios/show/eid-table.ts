import type { Family } from '../../base/ip.ts';
import type { Args } from '../args.ts';
import { draftOf, type Draft, type DraftBlock } from '../draft.ts';
import { quoteWord } from '../lexer.ts';
import type { ShowContext } from './command.ts';

/** EIDs of one family and instance. */
export interface Table {
  readonly family: Family;
  readonly instanceId: number;
  /** `default`, `vrf RED`; the number of an instance whose table has no name. */
  readonly name: string;
  /** The command says which one, by its instance or by its name. */
  readonly isAsked: boolean;
}

/** The table that a command is about, of the instance 0 where it does not say; undefined after a refusal. */
export function tableAsked({ view, facts }: ShowContext, args: Args): Table | undefined {
  const names = tableNames(facts?.draft ?? draftOf(view.options));
  const family = args.family();
  if (!args.hasKeyword('eid-table')) {
    const instanceId = args.numberOr('instance', 0);
    const name = names.find((each) => each.instanceId === instanceId)?.name ?? String(instanceId);
    return { family, instanceId, name, isAsked: args.has('instance') };
  }
  const vrf = args.optionalWord('vrf');
  const name = vrf === undefined ? 'default' : `vrf ${quoteWord(vrf)}`;
  const found = names.find((each) => each.name === name);
  if (found !== undefined) return { ...found, family, isAsked: true };
  const others = names.flatMap((each) => (each.name.startsWith('vrf ') ? [each.name.slice(4)] : []));
  args.refuse('vrf', `No EID table has the VRF ${vrf}`, `configured are: ${others.join(', ') || 'none'}`);
  return undefined;
}

/** Tables that the configuration names, and the default one. */
function tableNames({ lisp }: Draft): readonly { readonly name: string; readonly instanceId: number }[] {
  const named = (lisp?.blocks ?? []).flatMap((block) => {
    const name = tableOf(block);
    return name === undefined ? [] : [{ name, instanceId: block.instanceId }];
  });
  return [...named, { name: 'default', instanceId: 0 }];
}

/** What `eid-table` says, as the heading of the block or inside. */
function tableOf({ heading, table }: DraftBlock): string | undefined {
  return /^eid-table (.+) instance-id \d+$/.exec(heading)?.[1] ?? table;
}
