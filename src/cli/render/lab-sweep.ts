import type {
  EndpointReport,
  FailureReport,
  PairReport,
  PhaseReport,
  SweepReport,
} from '../lab-sweep-report.ts';
import type { Paint } from './paint.ts';
import { plural, table, wrap, PAGE_COLUMNS } from './table.ts';

/** A table of the failures, then what each pair that was hurt saw of them. */
export function sweepLines(report: SweepReport, title: string, paint: Paint): string[] {
  const { endpoints, failures, interval, down, up, caches, baseline } = report;
  const broken = baseline.filter(({ down: a, up: b }) => a.lost + b.lost > 0);
  const probes = `${plural(baseline.length, 'pair')} of ${endpoints.map(endText).join(', ')}`;
  const times = `a probe every ${interval} s; each failure lasts ${down} s and is watched for ${up} s more`;
  const state = `Map-Caches are ${caches === 'warm' ? 'warm by then (--cold: empty)' : 'cold by then'}`;
  return [
    ...wrap(`${report.scenario}: ${title}`, PAGE_COLUMNS).map(paint.title),
    ...wrap(`${probes}; ${times}; ${state}`, PAGE_COLUMNS).map(paint.dim),
    ...(broken.length === 0 ? [] : ['', ...baselineLines(broken, paint)]),
    '',
    ...table(
      [HEAD, ...failures.map((failure) => row(failure, report))].map((cells) => [...cells]),
      { styles: [paint.name] },
    ),
    ...failures.flatMap((failure) => detailLines(failure, report, paint)),
  ];
}

const HEAD = ['failure', 'where', 'pairs hurt', 'lost/sent', 'longest outage', 'after repair'] as const;

function row(failure: FailureReport, report: SweepReport): string[] {
  const { id, what, hurt, working, lost, sent } = failure;
  const pairs = hurtPairs(failure, report);
  return [
    id,
    what,
    `${hurt} of ${working}`,
    `${lost}/${sent}`,
    longest(pairs.map((pair) => pair.down)) ?? '-',
    // Pairs that had found another way by themselves are not waiting for the repair.
    afterRepair(pairs.filter(({ down, up }) => down.outage === null || up.lost > 0).map((pair) => pair.up)),
  ];
}

/** Seconds of the longest outage, `200 s+` when one was not over at the end; undefined when there was none. */
function longest(phases: readonly PhaseReport[]): string | undefined {
  const broken = phases.filter(({ lost }) => lost > 0);
  if (broken.length === 0) return undefined;
  const most = Math.max(...broken.map(({ outageSeen }) => outageSeen));
  return `${seconds(most)} s${broken.some(({ outage }) => outage === null) ? '+' : ''}`;
}

function afterRepair(waiting: readonly PhaseReport[]): string {
  return waiting.length === 0 ? '-' : (longest(waiting) ?? 'at once');
}

function hurtPairs({ pairs }: FailureReport, { baseline }: SweepReport): PairReport[] {
  return pairs.filter((pair, i) => {
    const usual = baseline[i]!;
    return pair.down.lost > usual.down.lost || pair.up.lost > usual.up.lost;
  });
}

function detailLines(failure: FailureReport, report: SweepReport, paint: Paint): string[] {
  const pairs = hurtPairs(failure, report);
  if (pairs.length === 0) return [];
  return [
    '',
    paint.title(`${failure.id} (${failure.what})`),
    ...table(bothWays(pairs, report), { indent: '  ' }),
  ];
}

/** A row per pair; two that went through the same in both directions share one. */
function bothWays(pairs: readonly PairReport[], report: SweepReport): string[][] {
  const rows = pairs.map(({ from, to, down, up }) => ({
    from: nodeText(from, report),
    to: nodeText(to, report),
    cells: [`${down.lost}/${down.sent} lost`, downText(down, up, report)],
  }));
  return rows.flatMap((each, i) => {
    const back = rows.findIndex(
      (other) =>
        other.from === each.to && other.to === each.from && other.cells.join(' ') === each.cells.join(' '),
    );
    if (back >= 0 && back < i) return [];
    return [[`${each.from} ${back > i ? '<>' : '>'} ${each.to}`, ...each.cells]];
  });
}

/** Its address as well where the node has several that are probed. */
function nodeText(end: EndpointReport, { endpoints }: SweepReport): string {
  return endpoints.filter(({ node }) => node === end.node).length > 1 ? endText(end) : end.node;
}

/** What a pair went through, as a sentence. */
function downText(down: PhaseReport, up: PhaseReport, report: SweepReport): string {
  const { down: lasts, up: watched, interval } = report;
  if (down.lost === 0) return `nothing lost until the repair; ${upText(up, watched)}`;
  // Within the first interval: that is the pair's first probe.
  const isLate = down.firstLoss !== null && down.firstLoss >= interval;
  const from = isLate ? `from ${seconds(down.firstLoss ?? 0)} s on, ` : '';
  if (down.outage === null) return `${from}down until the repair, ${upText(up, watched)}`;
  const after = up.lost === 0 ? '' : `; ${upText(up, watched)}`;
  return `${from}down for ${seconds(down.outage)} s of ${lasts}${after}`;
}

function upText({ lost, sent, outage, firstLoss }: PhaseReport, watched: number): string {
  if (lost === 0) return 'back at once';
  if (outage === null) return `not back within ${watched} s (${lost}/${sent} lost)`;
  const late = firstLoss === null || firstLoss < 1 ? '' : ` from ${seconds(firstLoss)} s on`;
  return `back ${seconds(outage)} s after it${late} (${lost}/${sent} lost)`;
}

function baselineLines(broken: readonly PairReport[], paint: Paint): string[] {
  const rows = broken.map(({ from, to, down, up }) => {
    const [lost, sent] = [down.lost + up.lost, down.sent + up.sent];
    const what = lost === sent ? 'never works' : `loses ${lost} of ${sent}`;
    return [`${endText(from)} > ${endText(to)}`, what];
  });
  return [paint.warn('without any failure'), ...table(rows, { indent: '  ' })];
}

function endText({ node, address }: EndpointReport): string {
  return `${node} ${address}`;
}

/** `0.5`, `48`, `1.25`: as few digits as say it. */
function seconds(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}
