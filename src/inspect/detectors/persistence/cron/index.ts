import type { Tier } from '../../../../core/finding.ts';
import { isPaste, isRawAddress } from '../../../content/shell/destination.ts';
import { programRun } from '../../../content/shell/execution.ts';
import { lineOf } from '../../../content/shell/match.ts';
import { findNetworkCode } from '../../../content/shell/network-code.ts';
import { statementsOf } from '../../../content/shell/statements.ts';
import { isComment } from '../../../content/shell/text-role.ts';
import type { Detector } from '../../../contract.ts';
import { oddPlace } from '../odd-place.ts';
import { findRemoteCode } from '../remote-code.ts';

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

const WORDS = {
  fetch: 'runs what it fetches',
  decode: 'runs what it decodes',
  connection: 'opens a connection',
};
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
    version: 2,
    wants: [
      {
        paths:
          /^(?:etc\/(?:crontab|anacrontab|crontabs\/|cron\.(?:d|hourly|daily|weekly|monthly|yearly)\/|periodic\/)|var\/(?:spool\/(?:cron|anacron|at)|cron\/tabs)\/)/,
        content: ['text', 'script'],
      },
    ],
    examine: (file) => factsOf(file.text()).take(MAX_FACTS),
  },
  *judge(_image, seen) {
    for (const { layer, path, observation } of seen) {
      const { tier, why, line, text } = observation;
      yield { rule: RULE, tier, layer, path, line, evidence: `${why}: ${text}`, yieldsToPackages: true };
    }
  },
};

function* factsOf(text: string): Generator<CronFact> {
  const told = new Set<number>();
  for (const { kind, line, text: code } of findRemoteCode(text)) {
    told.add(line);
    yield { tier: 'block', why: WORDS[kind], line, text: code };
  }
  for (const { index, 0: found } of text.matchAll(WRITES_HOST).take(MAX_FACTS)) {
    const line = lineOf(text, index);
    if (isComment(text, index, 'shell') || told.has(line)) continue;
    told.add(line);
    yield { tier: 'block', why: 'writes to the host', line, text: found };
  }
  for (const { offset, text: code, to } of findNetworkCode(text)) {
    const line = lineOf(text, offset);
    if (isComment(text, offset, 'shell') || told.has(line)) continue;
    told.add(line);
    const odd = to !== undefined && (isRawAddress(to.host) || isPaste(to));
    yield { tier: odd ? 'review' : 'note', why: 'talks to the network', line, text: code };
  }
  for (const { line, program, place } of oddPrograms(text)) {
    if (!told.has(line)) yield { tier: 'review', why: `starts from a ${place} place`, line, text: program };
  }
}

/** Five fields of time or one `@word`, then in system crontabs a user. */
const SCHEDULE = /^\s{0,8}(?:@[a-z]{1,10}|(?:[\d*/,A-Za-z-]{1,60}\s{1,16}){5})\s{0,16}/;

function* oddPrograms(text: string): Generator<{ line: number; program: string; place: string }> {
  for (const statement of statementsOf(text)) {
    if (/^\s{0,8}#/.test(statement.text)) continue;
    const command = statement.text.slice(0, 800).replace(SCHEDULE, '');
    for (const candidate of [command, command.replace(/^\s{0,8}\w{1,32}\s{1,16}/, '')]) {
      const program = programRun({ ...statement, text: candidate });
      const place = program?.startsWith('/') === true ? oddPlace(program) : undefined;
      if (program === undefined || place === undefined) continue;
      yield { line: lineOf(text, statement.offset), program, place };
      break;
    }
  }
}
