import type { Tier } from '../../../../core/finding.ts';
import { baseNameOf } from '../../../../core/layer-path.ts';
import type { Detector, FileView, ImageView } from '../../../contract.ts';
import { oddPlace } from '../odd-place.ts';
import { findRemoteCode, REMOTE_WORDS, type RemoteCode } from '../remote-code.ts';
import { programsStarted, START_FILES } from './start-files.ts';
import type { StartLine } from './start-lines.ts';

/*
 * What the init system starts comes back after every restart. An application's own unit that runs its own program under
 * /opt, /usr/local or /app is what units are for; one that runs something temporary or hidden, or something that sits among
 * a distribution's programs without belonging to any package, is not.
 */

type UnitFact =
  | ({ readonly kind: 'program' } & StartLine)
  | { readonly kind: 'remote'; readonly code: RemoteCode };

const RULE = 'persistence/unit';
/** More different ones than any honest unit or script starts. */
const MAX_PROGRAMS = 2_000;

/** Where only packages put programs. */
const PACKAGED = /^(?:usr\/)?(?:s?bin|lib(?:32|64|exec)?)\//;

export const units: Detector<UnitFact> = {
  id: 'persistence/units',
  rules: [
    {
      id: RULE,
      tier: 'review',
      title: 'A service starts something from an odd place',
      remedy: 'Remove the unit and the program it starts, or install the program where it belongs.',
      attack: ['T1543.002', 'T1037'],
      controls: ['TVM-06', 'IVS-04'],
      references: ['https://attack.mitre.org/techniques/T1543/002/'],
    },
  ],
  examiner: {
    id: 'persistence/units',
    version: 4,
    wants: START_FILES,
    examine: factsOf,
  },
  *judge(image, seen) {
    for (const { layer, path, observation } of seen) {
      const place = { rule: RULE, layer, path, yieldsToPackages: true };
      if (observation.kind === 'remote') {
        const { kind, line, text } = observation.code;
        yield { ...place, tier: 'block', line, evidence: `${REMOTE_WORDS[kind]}: ${text}` };
        continue;
      }
      const { line, program } = observation;
      const told = judgeProgram(image, layer, program, path);
      if (told !== undefined) yield { ...place, line, evidence: `${program} ${told.why}`, tier: told.tier };
    }
  },
};

function* factsOf(file: FileView): Generator<UnitFact> {
  const text = file.text();
  for (const code of findRemoteCode(text, (what) => file.cut(what))) yield { kind: 'remote', code };
  const told = new Set<string>();
  for (const { line, program } of programsStarted(file.record.path, text)) {
    // The loader, shells and what every script calls are not news, and would only fill the cache.
    if (told.has(program)) continue;
    if (told.size === MAX_PROGRAMS) {
      file.cut(`programs it starts after the first ${MAX_PROGRAMS}`);
      return;
    }
    told.add(program);
    yield { kind: 'program', line, program };
  }
}

function judgeProgram(
  image: ImageView,
  layer: number,
  program: string,
  unit: string,
): { why: string; tier: Tier } | undefined {
  const odd = oddPlace(program);
  if (odd !== undefined) return { why: `is in a ${odd} place`, tier: 'review' };
  const entry = image.treeAt(layer).resolve(program) ?? image.final.resolve(program);
  if (entry === undefined || entry.record.kind === 'directory') return undefined;
  const { path } = entry.record;
  if (path === unit || !image.packages.some(({ files }) => files.length > 0)) return undefined;
  if (image.everOwned(path) || image.everOwned(program.slice(1))) return undefined;
  if (PACKAGED.test(path))
    return { why: `belongs to no package (${baseNameOf(path)} among packaged programs)`, tier: 'review' };
  return { why: 'belongs to no package', tier: 'note' };
}
