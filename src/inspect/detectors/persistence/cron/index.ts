import type { Tier } from '../../../../core/finding.ts';
import { fewOfEach } from '../../../content/bounded.ts';
import { blankComments } from '../../../content/shell/comments.ts';
import { isPaste, isRawAddress } from '../../../content/shell/destination.ts';
import { programRun } from '../../../content/shell/execution.ts';
import { type Cut, lineCounter } from '../../../content/shell/match.ts';
import { findNetworkCode } from '../../../content/shell/network-code.ts';
import { statementsOf } from '../../../content/shell/statements.ts';
import type { Detector } from '../../../contract.ts';
import { oddPlace } from '../odd-place.ts';
import { findRemoteCode, REMOTE_WORDS } from '../remote-code.ts';

/*
 * Cron runs what it is told for ever, as root, and nobody watches it: the first place where miners keep themselves alive.
 * A job that fetches is no proof (backups and pings do), one that runs what it fetched, decodes what it runs, opens a
 * connection for a shell or writes to the host's file system is.
 */

interface CronFact {
  readonly tier: Tier;
  readonly why: string;
  readonly line: number;
  readonly text: string;
}

const RULE = 'persistence/cron-job';

const HOST = '["\']?/(?:(?:mnt/)?host(?:fs|-?root|-?dir)?|proc/1/root|rootfs)(?:/|\\s|$)';
const WRITES_HOST = new RegExp(
  `(?:>{1,2}\\s{0,8}|\\b(?:tee|cp|mv|ln|install|dd|rsync|chroot|sed\\s{1,4}-i)\\b[^\\n;|&]{0,200}[\\s=])${HOST}[^\\n;|&]{0,100}`,
  'g',
);

/** Of each tier in one file. */
const MAX_FACTS = 100;

export const cron: Detector<CronFact> = {
  id: 'persistence/cron',
  rules: [
    {
      id: RULE,
      tier: 'block',
      title: 'A scheduled job runs code from elsewhere',
      remedy: 'Remove the job, and find out which build step added it; a container seldom needs cron.',
      attack: ['T1053.003'],
      controls: ['TVM-06', 'IVS-04'],
      references: ['https://attack.mitre.org/techniques/T1053/003/'],
    },
  ],
  examiner: {
    id: 'persistence/cron',
    version: 4,
    wants: [
      {
        paths:
          /^(?:etc\/(?:crontab|anacrontab|crontabs\/|cron\.(?:d|hourly|daily|weekly|monthly|yearly)\/|periodic\/)|var\/(?:spool\/(?:cron|anacron|at)|cron\/tabs)\/)/,
      },
    ],
    examine: (file) =>
      fewOfEach(
        factsOf(blankComments(file.text(), 'shell'), (what) => file.cut(what)),
        MAX_FACTS,
        ({ tier }) => tier,
      ),
  },
  *judge(_image, seen) {
    for (const { layer, path, observation } of seen) {
      const { tier, why, line, text } = observation;
      yield { rule: RULE, tier, layer, path, line, evidence: `${why}: ${text}`, yieldsToPackages: true };
    }
  },
};

function* factsOf(text: string, cut: Cut): Generator<CronFact> {
  const told = new Set<number>();
  for (const { kind, line, text: code } of findRemoteCode(text, cut)) {
    told.add(line);
    yield { tier: 'block', why: REMOTE_WORDS[kind], line, text: code };
  }
  const hostLine = lineCounter(text);
  for (const { index, 0: found } of text.matchAll(WRITES_HOST)) {
    const line = hostLine(index);
    if (told.has(line)) continue;
    told.add(line);
    yield { tier: 'block', why: 'writes to the host', line, text: found };
  }
  yield* networkFacts(text, told);
  for (const { line, program, place } of oddPrograms(text)) {
    if (!told.has(line)) yield { tier: 'review', why: `starts from a ${place} place`, line, text: program };
  }
}

/** @param told lines that a graver fact is about; those of these facts are added */
function* networkFacts(text: string, told: Set<number>): Generator<CronFact> {
  const lineAt = lineCounter(text);
  let last = 0;
  for (const { offset, text: code, to } of findNetworkCode(text)) {
    const line = lineAt(offset);
    const odd = to !== undefined && (isRawAddress(to.host) || isPaste(to));
    if (told.has(line) && (!odd || line !== last)) continue;
    told.add(line);
    // A line may talk to many, and the odd one need not be the first: of such a line more may be told.
    last = odd ? 0 : line;
    yield { tier: odd ? 'review' : 'note', why: 'talks to the network', line, text: code };
  }
}

/** Five fields of time or one `@word`, then in system crontabs a user. */
const SCHEDULE = /^\s{0,8}(?:@[a-z]{1,10}|(?:[\d*/,A-Za-z-]{1,60}\s{1,16}){5})\s{0,16}/;

function* oddPrograms(text: string): Generator<{ line: number; program: string; place: string }> {
  const lineAt = lineCounter(text);
  for (const statement of statementsOf(text)) {
    const command = statement.text.replace(SCHEDULE, '');
    for (const candidate of [command, command.replace(/^\s{0,8}\w{1,32}\s{1,16}/, '')]) {
      const program = programRun({ text: candidate });
      const place = program?.startsWith('/') === true ? oddPlace(program) : undefined;
      if (program === undefined || place === undefined) continue;
      yield { line: lineAt(statement.offset), program, place };
      break;
    }
  }
}
