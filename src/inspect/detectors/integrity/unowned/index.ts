import type { FileRecord } from '../../../../core/file.ts';
import { baseNameOf } from '../../../../core/layer-path.ts';
import type { Detector, FindingDraft, ImageView, Seen } from '../../../contract.ts';
import { SYSTEM_COMMAND } from '../programs.ts';
import { lookAlikesIn } from './look-alikes.ts';
import { commandsOfPackages, describesCommands, programAt } from './packaged-commands.ts';
import { RULES, UNOWNED } from './rules.ts';
import { shadowsIn } from './shadows.ts';

/** Init processes and user switchers that images copy into /usr/bin by custom. */
const CUSTOMARY: ReadonlySet<string> = new Set([
  'tini',
  'tini-static',
  'dumb-init',
  'gosu',
  'su-exec',
  'catatonit',
]);
const MAX_STUB = 2048;

/** What a small script is, where that excuses it: an entry point that pip or gem wrote, or Debian's answer to invoke-rc.d. */
type Script = 'entry-point' | 'policy';

export const unowned: Detector<Script> = {
  id: UNOWNED,
  rules: RULES,
  examiner: {
    id: UNOWNED,
    version: 1,
    // The path is looked at inside: as a gate it would have every link among the commands followed and read again.
    wants: [{ content: ['script'], maxSize: MAX_STUB }],
    *examine(file) {
      if (!SYSTEM_COMMAND.test(file.record.path)) return;
      const text = file.text();
      if (isPolicy(file.record.path, text)) yield 'policy';
      else if (isEntryPoint(file.interpreter ?? '', text)) yield 'entry-point';
    },
  },
  *judge(image, seen) {
    const commands = commandsOfPackages(image);
    yield* lookAlikesIn(image, commands);
    if (!describesCommands(image)) return;
    yield* unownedIn(image, seen);
    yield* shadowsIn(image, commands);
  },
};

function* unownedIn(image: ImageView, seen: readonly Seen<Script>[]): Generator<FindingDraft> {
  const scripts = new Map(seen.map(({ layer, path, observation }) => [`${layer}:${path}`, observation]));
  for (const [layer, { files }] of image.layers.entries()) {
    for (const record of files.values()) {
      if (!SYSTEM_COMMAND.test(record.path)) continue;
      const program = programAt(image, layer, record);
      if (program === undefined || image.everOwned(record.path)) continue;
      const script = scripts.get(`${layer}:${record.path}`);
      if (script !== 'policy') yield toDraft(layer, record, program, script);
    }
  }
}

function toDraft(
  layer: number,
  { path }: FileRecord,
  program: FileRecord,
  script: Script | undefined,
): FindingDraft {
  const kind =
    program.content === 'elf' ? 'ELF file' : script === 'entry-point' ? 'entry point of a module' : 'script';
  const tier = script === 'entry-point' || CUSTOMARY.has(baseNameOf(path)) ? 'note' : 'review';
  return { rule: UNOWNED, tier, layer, path, evidence: `${kind} of no package` };
}

/** debootstrap and image builders forbid the start of services with it; policy-rc.d(8) answers 101. */
function isPolicy(path: string, text: string): boolean {
  return (
    baseNameOf(path) === 'policy-rc.d' &&
    /^#![^\n]{1,40}\n(?:#[^\n]{0,200}\n|\s*\n){0,40}exit 101\s*$/.test(text)
  );
}

function isEntryPoint(interpreter: string, text: string): boolean {
  if (interpreter.startsWith('python') || interpreter.startsWith('pypy'))
    return (
      /^(?:from [\w.]{1,100} import \w{1,60}|import pkg_resources|from importlib)/m.test(text) &&
      /sys\.exit\(|load_entry_point/.test(text)
    );
  return interpreter.startsWith('ruby') && text.includes('Gem.activate_bin_path');
}
