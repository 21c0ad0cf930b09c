import { createHash } from 'node:crypto';
import { toDigest } from '../../core/digest.ts';
import type { FileKind, FileRecord, Whiteout } from '../../core/file.ts';
import type { Finding } from '../../core/finding.ts';
import type { CloudFacts, ImageConfig, ImageKind, Oddity } from '../../core/image.ts';
import { toLayerPath } from '../../core/layer-path.ts';
import type { Problem } from '../../core/problem.ts';
import { classify } from '../content/classify.ts';
import type { AnyCataloger, AnyDetector } from '../contract.ts';
import { toExamination } from '../examine.ts';
import type { LayerFacts, LayerObservation } from '../facts.ts';
import { CATALOGERS } from '../inventory/all.ts';
import { distributionExaminer } from '../inventory/distribution/index.ts';
import { type Judgement, judge, toEvidence } from '../judge.ts';

/** A file of a fixture layer: its content, or content with what else matters. `null` is a whiteout. */
export type FixtureFile = string | Uint8Array | FixtureEntry | null;

export interface FixtureEntry extends Partial<Omit<FileRecord, 'path' | 'size' | 'content'>> {
  readonly kind?: FileKind;
  readonly data?: string | Uint8Array;
}

export interface Fixture {
  /** From the base up. Keys are layer paths; a key ending in `/` is a folder. Strings are latin1. */
  readonly layers: readonly Readonly<Record<string, FixtureFile>>[];
  readonly config?: Partial<ImageConfig>;
  readonly oddities?: readonly Oddity[];
  readonly catalogers?: readonly AnyCataloger[];
  /** `oci-layout` where absent. */
  readonly kind?: ImageKind;
  readonly cloud?: CloudFacts;
}

export const EMPTY_CONFIG: ImageConfig = {
  user: '',
  entrypoint: [],
  cmd: [],
  shell: [],
  env: [],
  workingDir: '',
  exposedPorts: [],
  volumes: [],
  labels: {},
  healthcheck: [],
  onBuild: [],
  stopSignal: '',
  history: [],
};

/** Runs detectors over an image described in code, without archives, workers or cache: the same two steps. */
export function inspectFixture(fixture: Fixture, detectors: readonly AnyDetector[]): Judgement {
  const catalogers = fixture.catalogers ?? CATALOGERS;
  const examiners = [
    distributionExaminer,
    ...catalogers,
    ...detectors.flatMap((detector) => (detector.examiner === undefined ? [] : [detector.examiner])),
  ];
  const examination = toExamination(examiners);
  const layers = fixture.layers.map((files, index) => {
    const facts = toFacts(files, examination, index === 0 ? (fixture.oddities ?? []) : []);
    return {
      ref: { index, digest: facts.diffId, diffId: facts.diffId, instruction: `step ${index}` },
      facts,
    };
  });
  const { kind = 'oci-layout', cloud } = fixture;
  const identity = { location: 'fixture', kind, tags: [], ...(cloud !== undefined && { cloud }) };
  const config = { ...EMPTY_CONFIG, ...fixture.config };
  const judgement = judge(toEvidence({ identity, config }, layers), detectors, catalogers);
  const failed = layers.flatMap(({ facts }) => facts.problems);
  return { ...judgement, problems: [...judgement.problems, ...failed] };
}

/** `rule tier path` of each finding, sorted: what most detector tests compare. */
export function summary(findings: readonly Finding[]): string[] {
  return findings
    .map(({ rule, tier, location }) => `${tier} ${rule} ${location.path ?? location.config ?? ''}`.trim())
    .sort();
}

function toFacts(
  entries: Readonly<Record<string, FixtureFile>>,
  examination: ReturnType<typeof toExamination>,
  oddities: readonly Oddity[],
): LayerFacts {
  const files: FileRecord[] = [];
  const whiteouts: Whiteout[] = [];
  const observations: LayerObservation[] = [];
  const problems: Problem[] = [];
  for (const [name, file] of Object.entries(entries)) {
    const path = toLayerPath(name);
    if (file === null) {
      const opaque = path.endsWith('.wh..wh..opq');
      whiteouts.push({ path: opaque ? toLayerPath(`${path}/..`) : path, opaque });
      continue;
    }
    const { data, ...given } = typeof file === 'string' || file instanceof Uint8Array ? { data: file } : file;
    const kind =
      given.kind ?? (name.endsWith('/') ? 'directory' : given.link !== undefined ? 'symlink' : 'file');
    const bytes = typeof data === 'string' ? Buffer.from(data, 'latin1') : (data ?? new Uint8Array());
    const base = {
      path,
      mode: kind === 'directory' ? 0o755 : 0o644,
      uid: 0,
      gid: 0,
      mtime: 0,
      ...given,
      kind,
    };
    if (kind !== 'file') {
      files.push({ ...base, size: 0 });
      continue;
    }
    const content = classify(bytes);
    const record = { ...base, size: bytes.length, ...digestsOf(bytes), content };
    files.push(record);
    const { observations: seen, problems: found } = examination({ record, bytes, base: 0, whole: true });
    observations.push(...seen.map((one) => ({ ...one, path })));
    problems.push(...found);
  }
  const diffId = toDigest('sha256', hex('sha256', Buffer.from(JSON.stringify(files))));
  return { diffId, files, whiteouts, oddities, observations, problems, bytes: 0 };
}

function digestsOf(bytes: Uint8Array): { sha256: string; md5: string; sha1: string } {
  return { sha256: hex('sha256', bytes), md5: hex('md5', bytes), sha1: hex('sha1', bytes) };
}

function hex(algorithm: string, bytes: Uint8Array): string {
  return createHash(algorithm).update(bytes).digest('hex');
}
