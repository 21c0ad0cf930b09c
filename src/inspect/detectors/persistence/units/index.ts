import type { ContentClass } from '../../../../core/file.ts';
import type { Tier } from '../../../../core/finding.ts';
import { baseNameOf } from '../../../../core/layer-path.ts';
import type { Detector, FileView, ImageView } from '../../../contract.ts';
import { oddPlace } from '../odd-place.ts';
import { findRemoteCode, REMOTE_WORDS, type RemoteCode } from '../remote-code.ts';
import { inittabPrograms, type StartLine, scriptPrograms, unitPrograms } from './start-lines.ts';

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

const SYSTEMD =
  /(?:^|\/)(?:etc|lib|run|\.config|\.local\/share)\/systemd\/(?:system|user)(?:\/[^/]{1,255}){1,2}$/;
const INIT_SCRIPT =
  /^(?:etc\/(?:(?:rc\.d\/)?init\.d\/[^/]{1,255}|local\.d\/[^/]{1,255}\.(?:start|stop)|(?:service|sv|runit|services\.d|s6|s6-rc|s6-overlay|cont-init\.d|cont-finish\.d)\/(?:[^/]{1,255}\/){0,4}[^/]{1,255})|usr\/lib\/(?:systemd\/system-(?:generators|sleep|shutdown)|rc)\/[^/]{1,255})$/;
const INITTAB = /^etc\/inittab$/;

/** Generators and the like may be compiled; all else a shell runs, skipping what it cannot make sense of. */
const NO_PROGRAM = [
  'script',
  'text',
  'binary',
  'archive',
  'picture',
  'pe',
  'macho',
  'wasm',
  'class',
] as const satisfies readonly ContentClass[];

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
    wants: [{ paths: SYSTEMD }, { paths: INITTAB }, { paths: INIT_SCRIPT, content: NO_PROGRAM }],
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
  const { path } = file.record;
  const text = file.text();
  for (const code of findRemoteCode(text, (what) => file.cut(what))) yield { kind: 'remote', code };
  const programs = SYSTEMD.test(path) ? unitPrograms : INITTAB.test(path) ? inittabPrograms : scriptPrograms;
  const told = new Set<string>();
  for (const { line, program } of programs(text)) {
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
