import { noLisp } from '../router/options.ts';
import { commandsOf } from './grammar.ts';

/** Lines of `router lisp` that concern the router as a whole. */
export const ROUTER_COMMANDS = commandsOf('lisp', [
  {
    pattern: 'proxy-itr source-eid <source:host|rloc>',
    no: ['proxy-itr source-eid'],
    help: 'Source EID of the Map-Requests of a proxy ITR',
    own: true,
    apply: (lisp, args) => (lisp.pitrSourceEid = args.word('source') as 'host' | 'rloc'),
    remove: (lisp) => (lisp.pitrSourceEid = noLisp().pitrSourceEid),
    render: ({ pitrSourceEid }) =>
      pitrSourceEid === noLisp().pitrSourceEid ? [] : [`proxy-itr source-eid ${pitrSourceEid}`],
  },
  {
    pattern: 'miss-policy <policy:drop|hold>',
    no: ['miss-policy'],
    help: 'What happens to a packet while its EID is being resolved',
    own: true,
    apply: (lisp, args) => (lisp.missPolicy = args.word('policy') as 'drop' | 'hold'),
    remove: (lisp) => (lisp.missPolicy = noLisp().missPolicy),
    render: ({ missPolicy }) => [`miss-policy ${missPolicy}`],
  },
  {
    pattern: 'xtr-id <id:hex32>',
    no: ['xtr-id'],
    help: 'Identity of this router in its registrations, 16 bytes',
    own: true,
    apply: (lisp, args) => (lisp.xtrId = args.word('id')),
    remove: (lisp) => (lisp.xtrId = undefined),
    render: ({ xtrId }) => (xtrId === undefined ? [] : [`xtr-id ${xtrId}`]),
  },
  {
    pattern: 'site-id <id:hex16>',
    no: ['site-id'],
    help: 'Identity of the site in registrations, 8 bytes',
    apply: (lisp, args) => (lisp.siteId = args.word('id')),
    remove: (lisp) => (lisp.siteId = undefined),
    render: ({ siteId }) => (siteId === undefined ? [] : [`site-id ${siteId}`]),
  },
]);
