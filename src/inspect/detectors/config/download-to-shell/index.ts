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
import type { ConfigCommand, Detector, FindingDraft, ImageView, Seen } from '../../../contract.ts';
import { searchOrder } from '../../integrity/unowned/packaged-commands.ts';

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

/** More in one script, or in one line of the config, say no more. */
const MAX_RUNS = 4;

export const downloadToShell: Detector<StartScript> = {
  id: DOWNLOAD,
  rules: RULES,
  examiner: {
    id: DOWNLOAD,
    version: 4,
    wants: [{ content: ['script', 'text'], needles: [...FETCH_NEEDLES, ...DECODE_NEEDLES] }],
    *examine(file) {
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

function* draftsOfScripts(image: ImageView, seen: readonly Seen<StartScript>[]): Iterable<FindingDraft> {
  if (seen.length === 0) return;
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
