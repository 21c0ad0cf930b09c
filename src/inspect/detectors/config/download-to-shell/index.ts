import type { Rule } from '../../../../core/finding.ts';
import { baseNameOf, parentOf } from '../../../../core/layer-path.ts';
import { fewOfEach } from '../../../content/bounded.ts';
import { blankComments } from '../../../content/shell/comments.ts';
import { DECODE_NEEDLES, findDecodeToShell } from '../../../content/shell/decode-to-shell.ts';
import { type Destination, isPaste, isRawAddress } from '../../../content/shell/destination.ts';
import { FETCH_NEEDLES, type FetchMatch, findFetchToShell } from '../../../content/shell/fetch-to-shell.ts';
import { isWellKnownInstaller } from '../../../content/shell/installers.ts';
import { lineOf } from '../../../content/shell/match.ts';
import { languageOf } from '../../../content/shell/text-role.ts';
import type { ConfigCommand, Detector, FileView, FindingDraft, ImageView, Seen } from '../../../contract.ts';
import { searchOrder } from '../../integrity/unowned/packaged-commands.ts';
import { programsStarted, START_FILES } from '../../persistence/units/start-files.ts';

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

/** A script that downloads or decodes and runs; a finding only when something starts that script. */
interface StartScript {
  readonly kind: 'script';
  readonly rule: string;
  readonly line: number;
  readonly text: string;
  readonly known: boolean;
}

/** What an init system or cron starts by itself. */
interface Starts {
  readonly kind: 'starts';
  readonly programs: readonly string[];
}

/** Where cron reads lines and not whole scripts (crontab(5)). */
const CRONTAB =
  /^(?:etc\/(?:crontab|cron\.d\/[^/]{1,255}|crontabs\/[^/]{1,255})|var\/spool\/cron\/(?:crontabs\/)?[^/]{1,255})$/;
const ABSOLUTE = /(?:^|[\s"'=])(\/[^\s"';&|<>$]{1,500})/gm;
/** More than any honest file starts. */
const MAX_STARTED = 500;
/** More in one script, or in one line of the config, say no more. */
const MAX_RUNS = 4;

export const downloadToShell: Detector<StartScript | Starts> = {
  id: DOWNLOAD,
  rules: RULES,
  examiner: {
    id: DOWNLOAD,
    version: 5,
    wants: [
      { content: ['script', 'text'], needles: [...FETCH_NEEDLES, ...DECODE_NEEDLES] },
      ...START_FILES,
      { paths: CRONTAB },
    ],
    *examine(file) {
      const programs = programsIn(file);
      if (programs.length > 0) yield { kind: 'starts', programs };
      const language = languageOf(file.record, file.interpreter);
      if (language === undefined) return;
      const text = blankComments(file.text(), language);
      const cut = (what: string) => file.cut(what);
      const downloads = findFetchToShell(text, cut)
        .filter(({ how }) => how === 'piped')
        .map((match) => ({ ...match, rule: DOWNLOAD, known: isKnown(match.from) }));
      const decodings = findDecodeToShell(text, cut)
        .filter(({ how }) => how === 'piped')
        .map((match) => ({ ...match, rule: DECODE, known: false }));
      for (const runs of [fewOfEach(downloads, MAX_RUNS, ({ known }) => known), decodings.take(MAX_RUNS)]) {
        for (const { rule, offset, text: evidence, known } of runs)
          yield { kind: 'script', rule, line: lineOf(text, offset), text: evidence, known };
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
  for (const match of fewOfEach(findFetchToShell(text), MAX_RUNS, ({ from }) => isKnown(from))) {
    const tier = isKnown(match.from) ? { tier: 'review' as const } : {};
    yield { rule: DOWNLOAD, config, ...tier, evidence: match.text };
  }
  for (const match of findDecodeToShell(text).take(MAX_RUNS))
    yield { rule: DECODE, config, evidence: match.text };
}

function* draftsOfBuild({ config, text, layer }: ConfigCommand): Iterable<FindingDraft> {
  if (!isRun(text)) return;
  const place = { config, ...(layer !== undefined && { layer }) };
  const downloads = findFetchToShell(text).filter(({ how, from }) => how === 'piped' && !isKnown(from));
  for (const { from, text: evidence } of fewOfEach(downloads, MAX_RUNS, isUnauthenticated))
    yield { rule: DOWNLOAD, ...place, tier: isUnauthenticated({ from }) ? 'review' : 'note', evidence };
  const decodings = findDecodeToShell(text).filter(({ how }) => how === 'piped');
  for (const { text: evidence } of decodings.take(MAX_RUNS))
    yield { rule: DECODE, ...place, tier: 'review', evidence };
}

function isUnauthenticated({ from }: Pick<FetchMatch, 'from'>): boolean {
  return from !== undefined && (from.scheme === 'http' || isRawAddress(from.host) || isPaste(from));
}

/** A crontab or a unit names its programs whole. */
function programsIn(file: FileView): string[] {
  const { path } = file.record;
  const isCrontab = CRONTAB.test(path);
  if (!isCrontab && !START_FILES.some(({ paths }) => paths?.test(path) === true)) return [];
  const programs = isCrontab
    ? blankComments(file.text(), 'shell')
        .matchAll(ABSOLUTE)
        .map(([, program = '']) => program)
    : programsStarted(path, file.text()).map(({ program }) => program);
  const distinct = [...new Set(programs)];
  if (distinct.length > MAX_STARTED) file.cut(`programs it starts after the first ${MAX_STARTED}`);
  return distinct.slice(0, MAX_STARTED);
}

function* draftsOfScripts(
  image: ImageView,
  seen: readonly Seen<StartScript | Starts>[],
): Iterable<FindingDraft> {
  if (!seen.some(({ observation }) => observation.kind === 'script')) return;
  const started = pathsStarted(image);
  const bySystem = pathsStartedBySystem(image, seen);
  for (const { layer, path, observation } of seen) {
    if (observation.kind !== 'script') continue;
    const entry = image.final.get(image.final.canonical(path));
    const by = bySystem.get(entry?.record.path ?? '');
    if (entry?.layer !== layer || (by === undefined && !started.has(entry.record.path))) continue;
    const { rule, line, text, known } = observation;
    const tier = known ? { tier: 'note' as const } : {};
    const evidence = by === undefined ? text : `started by ${by}: ${text}`;
    yield { rule, layer, path, line, ...tier, evidence, yieldsToPackages: true };
  }
}

/** Files that an init system or cron starts, links followed, with what starts them. */
function pathsStartedBySystem(
  image: ImageView,
  seen: readonly Seen<StartScript | Starts>[],
): Map<string, string> {
  const started = new Map<string, string>();
  for (const { layer, path, observation } of seen) {
    if (observation.kind !== 'starts') continue;
    if (image.final.get(image.final.canonical(path))?.layer !== layer) continue;
    for (const program of observation.programs) {
      const file = image.final.resolve(program)?.record.path;
      // The inline command of a unit or job is theirs to judge.
      if (file !== undefined && file !== path) started.set(file, path);
    }
  }
  return started;
}

/** The files that words of the entrypoint, cmd and health check name, links followed. */
function pathsStarted(image: ImageView): Set<string> {
  const words = new Set(
    image.commands
      .filter(({ where }) => where === 'entrypoint' || where === 'healthcheck')
      .flatMap(({ text }) => text.split(/[\s;&|()"'`]+/))
      .filter((word) => /^[\w./-]+$/.test(word)),
  );
  const places = [...words].map((word) =>
    word.startsWith('/') ? word : `${image.config.workingDir}/${word}`,
  );
  const paths = [...places, ...commandsNamed(words, image)];
  return new Set(paths.flatMap((path) => image.final.resolve(path)?.record.path ?? []));
}

/** Bare names in the folders of `PATH`. The files are gone through, not names times folders, which may be many. */
function commandsNamed(names: ReadonlySet<string>, image: ImageView): string[] {
  const folders = new Set(searchOrder(image));
  return [...image.final.entries()]
    .map(({ record }) => record.path)
    .filter((path) => names.has(baseNameOf(path)) && folders.has(parentOf(path)));
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
