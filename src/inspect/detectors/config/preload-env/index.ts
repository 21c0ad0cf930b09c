import { fewOfEach } from '../../../content/bounded.ts';
import type { Detector, FindingDraft, ImageView } from '../../../contract.ts';

/*
 * `LD_PRELOAD` and `LD_AUDIT` (ld.so(8)) put code into every dynamic program of the container. Where a package owns
 * the library, links followed, it is an allocator or a shim somebody installed. A library that nobody owns, or one
 * that is not there (a volume may bring it), is what user-land rootkits do.
 */

const RULE = 'config/preload-env';
/** Of each tier in one variable. */
const MAX_LIBRARIES = 32;
const VARIABLES = /^(LD_PRELOAD|LD_AUDIT)=(.*)$/s;
/** Compiled into images by hand, for their own sake. A name proves nothing, so somebody should look. */
const ALLOCATOR =
  /(?:^|\/)lib(?:jemalloc|tcmalloc(?:_\w+)?|mimalloc|hoard|snmalloc\w*)(?:[.-][\w.-]*)?\.so[\d.]*$/;
const LIBRARY_FOLDERS = ['lib', 'usr/lib', 'lib64', 'usr/lib64', 'usr/local/lib', 'usr/local/lib64'];
const MULTIARCH = [
  'x86_64-linux-gnu',
  'aarch64-linux-gnu',
  'arm-linux-gnueabihf',
  'i386-linux-gnu',
  'riscv64-linux-gnu',
  'powerpc64le-linux-gnu',
  's390x-linux-gnu',
];

export const preloadEnv: Detector = {
  id: RULE,
  rules: [
    {
      id: RULE,
      tier: 'block',
      title: 'The environment loads a library no package owns into every program',
      remedy:
        'Take the variable out of the image, or install the library from a package; then look at what it hooks.',
      attack: ['T1574.006'],
      controls: ['TVM-06', 'IAM-16', 'CCC-04'],
      references: [
        'https://attack.mitre.org/techniques/T1574/006/',
        'https://man7.org/linux/man-pages/man8/ld.so.8.html',
      ],
    },
  ],
  *judge(image) {
    for (const line of image.config.env) {
      const [, variable = '', value = ''] = VARIABLES.exec(line) ?? [];
      yield* fewOfEach(draftsOf(image, variable, value), MAX_LIBRARIES, ({ tier }) => tier);
    }
  },
};

function* draftsOf(image: ImageView, variable: string, value: string): Generator<FindingDraft> {
  for (const library of new Set(value.split(/[\s:]+/).filter(Boolean))) {
    const found = placesOf(library).filter((place) => image.final.resolve(place) !== undefined);
    if (found.some((place) => isOwned(image, place))) continue;
    const tier = ALLOCATOR.test(library) ? { tier: 'review' as const } : {};
    const state = found.length === 0 ? 'not in the image' : 'owned by no package';
    yield {
      rule: RULE,
      config: `Env.${variable}`,
      ...tier,
      evidence: `${variable}=${library} (${state})`,
    };
  }
}

function isOwned(image: ImageView, place: string): boolean {
  const target = image.final.resolve(place);
  return (
    image.owner(place) !== undefined ||
    (target !== undefined && image.owner(target.record.path) !== undefined)
  );
}

/** A name without a slash is looked for where the loader looks; `$LIB` and `$ORIGIN` stand for those folders too. */
function placesOf(library: string): string[] {
  if (library.includes('/') && !library.includes('$')) return [library];
  const name = library.slice(library.lastIndexOf('/') + 1);
  return LIBRARY_FOLDERS.flatMap((folder) => [
    `${folder}/${name}`,
    ...MULTIARCH.map((triplet) => `${folder}/${triplet}/${name}`),
  ]);
}
