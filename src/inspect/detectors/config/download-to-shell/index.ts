import type { Rule } from '../../../../core/finding.ts';
import { blankComments } from '../../../content/shell/comments.ts';
import { DECODE_NEEDLES, findDecodeToShell } from '../../../content/shell/decode-to-shell.ts';
import { type Destination, isPaste, isRawAddress } from '../../../content/shell/destination.ts';
import { FETCH_NEEDLES, findFetchToShell } from '../../../content/shell/fetch-to-shell.ts';
import { isWellKnownInstaller } from '../../../content/shell/installers.ts';
import { lineOf } from '../../../content/shell/match.ts';
import { languageOf } from '../../../content/shell/text-role.ts';
import type { ConfigCommand, Detector, FindingDraft, ImageView, Seen } from '../../../contract.ts';

/*
 * A container that starts by running what the network answers, or what it decodes, shows nothing of what it does.
 * The line may stand in the config itself or in the script that the config starts: the one is as easy to write as
 * the other, so both are looked at. Build history has run already, and what it made is in the layers to be
 * inspected: there an unknown source is worth a note, an unauthenticated one a look.
 */

const DOWNLOAD = 'config/download-to-shell';
const DECODE = 'config/decode-to-shell';

const RULES: readonly Rule[] = [
  {
    id: DOWNLOAD,
    tier: 'block',
    title: 'The image starts by running what it downloads',
    remedy: 'Put the program into the image at build time, from a pinned version with a checked digest.',
    attack: ['T1105', 'T1059.004'],
    controls: ['TVM-06', 'CCC-04', 'STA-08'],
    references: [
      'https://attack.mitre.org/techniques/T1105/',
      'https://attack.mitre.org/techniques/T1059/004/',
    ],
  },
  {
    id: DECODE,
    tier: 'block',
    title: 'The image starts by running what it decodes',
    remedy: 'Decode the payload and read it. Ship programs as files that can be read and scanned.',
    attack: ['T1027', 'T1140', 'T1059.004'],
    controls: ['TVM-06', 'CCC-04'],
    references: ['https://attack.mitre.org/techniques/T1027/', 'https://attack.mitre.org/techniques/T1140/'],
  },
];

/** A script that downloads or decodes and runs; a finding only when the config starts that script. */
interface StartScript {
  readonly rule: string;
  readonly line: number;
  readonly text: string;
  readonly known: boolean;
}

export const downloadToShell: Detector<StartScript> = {
  id: DOWNLOAD,
  rules: RULES,
  examiner: {
    id: DOWNLOAD,
    version: 2,
    wants: [{ content: ['script', 'text'], needles: [...FETCH_NEEDLES, ...DECODE_NEEDLES] }],
    *examine(file) {
      const language = languageOf(file.record, file.interpreter);
      if (language === undefined) return;
      const text = blankComments(file.text(), language);
      const runs = [
        ...findFetchToShell(text).map((match) => ({ ...match, rule: DOWNLOAD, known: isKnown(match.from) })),
        ...findDecodeToShell(text).map((match) => ({ ...match, rule: DECODE, known: false })),
      ].filter(({ how }) => how === 'piped');
      for (const { rule, offset, text: evidence, known } of runs.slice(0, 4)) {
        yield { rule, line: lineOf(text, offset), text: evidence, known };
      }
    },
  },
  *judge(image, seen) {
    for (const command of image.commands) {
      yield* command.where === 'history' ? draftsOfBuild(command) : draftsOfStart(command);
    }
    yield* draftsOfScripts(image, seen);
  },
};

function* draftsOfStart({ config, text }: ConfigCommand): Iterable<FindingDraft> {
  for (const match of findFetchToShell(text)) {
    const tier = isKnown(match.from) ? { tier: 'review' as const } : {};
    yield { rule: DOWNLOAD, config, ...tier, evidence: match.text };
  }
  for (const match of findDecodeToShell(text)) yield { rule: DECODE, config, evidence: match.text };
}

function* draftsOfBuild({ config, text, layer }: ConfigCommand): Iterable<FindingDraft> {
  if (!isRun(text)) return;
  const place = { config, ...(layer !== undefined && { layer }) };
  for (const { how, from, text: evidence } of findFetchToShell(text)) {
    if (how !== 'piped' || isKnown(from)) continue;
    const unauthenticated =
      from?.scheme === 'http' || (from !== undefined && (isRawAddress(from.host) || isPaste(from)));
    yield { rule: DOWNLOAD, ...place, tier: unauthenticated ? 'review' : 'note', evidence };
  }
  for (const { how, text: evidence } of findDecodeToShell(text)) {
    if (how === 'piped') yield { rule: DECODE, ...place, tier: 'review', evidence };
  }
}

function* draftsOfScripts(image: ImageView, seen: readonly Seen<StartScript>[]): Iterable<FindingDraft> {
  const started = pathsStarted(image);
  for (const { layer, path, observation } of seen) {
    const entry = image.final.get(image.final.canonical(path));
    if (entry?.layer !== layer || !started.has(entry.record.path)) continue;
    const { rule, line, text, known } = observation;
    const tier = known ? { tier: 'note' as const } : {};
    yield { rule, layer, path, line, ...tier, evidence: text, yieldsToPackages: true };
  }
}

/** The files that words of the entrypoint, cmd and health check name, links followed. */
function pathsStarted(image: ImageView): Set<string> {
  const words = image.commands
    .filter(({ where }) => where === 'entrypoint' || where === 'healthcheck')
    .flatMap(({ text }) => text.split(/[\s;&|()"'`]+/).slice(0, 200));
  const paths = words.filter((word) => /^[\w./-]+$/.test(word)).flatMap((word) => placesOf(image, word));
  return new Set(paths.flatMap((path) => image.final.resolve(path)?.record.path ?? []));
}

/** Where a word may be found: as a path, from the working folder, and for a bare name in the folders of `PATH`. */
function placesOf(image: ImageView, word: string): string[] {
  if (word.startsWith('/')) return [word];
  const local = `${image.config.workingDir}/${word}`;
  if (word.includes('/')) return [local];
  const path =
    image.config.env.find((line) => line.startsWith('PATH='))?.slice(5) ??
    '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  return [local, ...path.split(':', 40).map((folder) => `${folder}/${word}`)];
}

function isKnown(from: Destination | undefined): boolean {
  return from !== undefined && isWellKnownInstaller(from);
}

/** A history line that ran something, in the words of Docker, BuildKit, Buildah and Kaniko. */
function isRun(text: string): boolean {
  return !/#\(nop\)|^\s*(?:ADD|COPY|CMD|ENTRYPOINT|ENV|LABEL|ARG|EXPOSE|HEALTHCHECK|ONBUILD|SHELL|STOPSIGNAL|USER|VOLUME|WORKDIR|MAINTAINER)\s/.test(
    text,
  );
}
