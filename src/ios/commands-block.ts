/** The blocks of IOS XE: what opens them, and the lines that stand only there. */
import type { Family } from '../base/ip.ts';
import type { Args } from './args.ts';
import type { DraftBlock, DraftLisp } from './draft.ts';
import {
  commandsOf,
  type AnyCommand,
  type BlockScope,
  type Command,
  type Opener,
  type Scopes,
  type ServiceMode,
} from './grammar.ts';
import { quoteWord } from './lexer.ts';
import {
  formatLocator,
  PREFERENCE,
  readLocator,
  readRlocOrInterface,
  RLOC,
  sameLocator,
} from './locator-words.ts';
import { removeParts } from './parts.ts';
import { removeWhere } from './remove.ts';
import { blocksIn } from './sort.ts';

const INSTANCE = '<instance:0-16777215>';

export const BLOCK_OPENERS: readonly AnyCommand[] = [
  ...commandsOf('lisp', [
    {
      pattern: 'locator-set <name:word>',
      help: 'Give locators of this site a name',
      opens: 'locator-set',
      open(lisp, args) {
        const name = args.word('name');
        let set = lisp.locatorSets.find((other) => other.name === name);
        if (set === undefined) lisp.locatorSets.push((set = { name, at: args.place('name'), locators: [] }));
        return set;
      },
      remove(lisp, args) {
        removeWhere(lisp.locatorSets, ({ name }) => name === args.word('name'), args);
      },
      blocks: ({ locatorSets }) =>
        locatorSets.map((scope) => ({ heading: `locator-set ${quoteWord(scope.name)}`, scope })),
    },
    serviceOpener('service-ipv4', 4, inRouter),
    serviceOpener('service-ipv6', 6, inRouter),
    {
      pattern: `eid-table (default | vrf <vrf:word>) instance-id ${INSTANCE}`,
      help: 'EIDs of an instance',
      opens: 'eid-table',
      open: (lisp, args) => openBlock(inRouter(lisp), eidTable(args)),
      remove(lisp, args) {
        removeBlock(lisp, eidTable(args).heading, args);
      },
      blocks: (lisp) => headed(lisp, undefined, 'eid-table'),
    },
    {
      pattern: `instance-id ${INSTANCE}`,
      help: 'Services of an instance',
      opens: 'instance',
      open: (lisp, args) => openBlock(inRouter(lisp), instance(args)),
      remove(lisp, args) {
        removeBlock(lisp, instance(args).heading, args);
      },
      blocks: (lisp) => headed(lisp, undefined, 'instance-id'),
    },
  ]),
  ...commandsOf('instance', [
    serviceOpener('instance-service-ipv4', 4, (scope: BlockScope) => scope),
    serviceOpener('instance-service-ipv6', 6, (scope: BlockScope) => scope),
  ]),
];

/** `eid-table` as a line: the block has its instance already. */
const TABLE_LINE: Command<'instance' | 'instance-service-ipv4' | 'instance-service-ipv6'> = {
  pattern: 'eid-table (default | vrf <vrf:word>)',
  no: ['eid-table'],
  help: 'Table of the EIDs',
  apply: ({ block }, args) => (block.table = table(args)),
  remove: ({ block }) => (block.table = undefined),
  render: ({ block }) => (block.table === undefined ? [] : [`eid-table ${block.table}`]),
};

export const TABLE_COMMANDS: readonly AnyCommand[] = [
  ...commandsOf('instance', [TABLE_LINE]),
  ...commandsOf('instance-service-ipv4', [TABLE_LINE]),
  ...commandsOf('instance-service-ipv6', [TABLE_LINE]),
];

export const LOCATOR_SET_COMMANDS = commandsOf('locator-set', [
  {
    pattern: `${RLOC} ${PREFERENCE}`,
    no: [RLOC],
    help: 'A locator of this site',
    apply(set, args) {
      const locator = readLocator(args);
      if (locator === undefined) return;
      const line = { ...locator, at: args.place() };
      set.locators = [...set.locators.filter((other) => !sameLocator(other, line)), line];
    },
    remove(set, args) {
      const rloc = readRlocOrInterface(args);
      if (rloc !== undefined) removeWhere(set.locators, (other) => sameLocator(other, { rloc }), args);
    },
    render: ({ locators }) => locators.map((locator) => formatLocator(locator, 'IPv')),
  },
]);

type NewBlock = Pick<DraftBlock, 'kind' | 'heading' | 'instanceId' | 'family'>;

/** Where a block is opened. */
interface Around {
  readonly lisp: DraftLisp;
  readonly block: DraftBlock | undefined;
}

function inRouter(lisp: DraftLisp): Around {
  return { lisp, block: undefined };
}

function serviceOpener<M extends 'lisp' | 'instance'>(
  opens: ServiceMode,
  family: Family,
  around: (scope: Scopes[M]) => Around,
): Opener<M, ServiceMode> {
  const heading = `service ipv${family}`;
  return {
    pattern: heading,
    help: `LISP for IPv${family} EIDs`,
    opens,
    open(scope) {
      const outside = around(scope);
      const instanceId = outside.block?.instanceId ?? 0;
      return openBlock(outside, { kind: 'service', heading, instanceId, family });
    },
    remove(scope, args) {
      const { lisp, block } = around(scope);
      removeBlock(lisp, keyOf(block, heading), args);
    },
    blocks(scope) {
      const { lisp, block } = around(scope);
      return headed(lisp, block, 'service').filter((each) => each.heading === heading);
    },
  };
}

function eidTable(args: Args): NewBlock {
  const instanceId = args.number('instance');
  const heading = `eid-table ${table(args)} instance-id ${instanceId}`;
  return { kind: 'eid-table', heading, instanceId, family: undefined };
}

function instance(args: Args): NewBlock {
  const instanceId = args.number('instance');
  return { kind: 'instance-id', heading: `instance-id ${instanceId}`, instanceId, family: undefined };
}

/** `default` or `vrf NAME`. A VRF is a name here: what keeps EIDs apart is the instance. */
function table(args: Args): string {
  const vrf = args.optionalWord('vrf');
  if (vrf === undefined) return 'default';
  args.notice(`vrf ${vrf} is kept as a name: EIDs are told apart by their instance-id alone`);
  return `vrf ${quoteWord(vrf)}`;
}

function openBlock({ lisp, block: outside }: Around, wanted: NewBlock): BlockScope {
  const key = keyOf(outside, wanted.heading);
  let block = lisp.blocks.find((other) => other.key === key);
  if (block === undefined)
    lisp.blocks.push((block = { ...wanted, key, around: outside?.key, table: undefined }));
  return { lisp, block };
}

function keyOf(outside: DraftBlock | undefined, heading: string): string {
  return outside === undefined ? heading : `${outside.key} / ${heading}`;
}

function headed(
  lisp: DraftLisp,
  outside: DraftBlock | undefined,
  kind: DraftBlock['kind'],
): { heading: string; scope: BlockScope }[] {
  return blocksIn(lisp, outside)
    .filter((block) => block.kind === kind)
    .map((block) => ({ heading: block.heading, scope: { lisp, block } }));
}

/** With everything that was entered inside. */
function removeBlock(lisp: DraftLisp, key: string, args: Args): void {
  const isInside = (form: string | undefined): boolean =>
    form === key || form?.startsWith(`${key} / `) === true;
  removeWhere(lisp.blocks, (block) => isInside(block.key), args);
  removeParts(lisp, ({ form }) => isInside(form));
}
