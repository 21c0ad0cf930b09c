import type { Tier } from '../../../../core/finding.ts';
import { isMachine } from '../../../../core/image.ts';
import type { LayerPath } from '../../../../core/layer-path.ts';
import { allHits } from '../../../content/program-strings.ts';
import type { Detector, FileView, FindingDraft, ImageView, Seen } from '../../../contract.ts';
import { isPristine } from '../../../view/provenance.ts';
import { HOST_KEY } from '../../machine/host-keys/index.ts';
import { isSpecimenPlace } from '../evidence/places.ts';
import { type PrivateKey, parseKey } from './parse-key.ts';

interface KeyInFile extends PrivateKey {
  readonly offset: number;
}

const RULE = 'secrets/private-key';
const ARMOUR = 'PRIVATE KEY-----';
const PGP_ARMOUR = 'PRIVATE KEY BLOCK-----';
/** `-----BEGIN` in base 64, as kubeconfig files and Kubernetes secrets hold it. */
const WRAPPED = 'LS0tLS1CRUdJTi';
const MAX_WRAPPED = 40_000;
/** `-----BEGIN `, two words, a little more. */
const MAX_LABEL = 40;

/** Private keys in any file of any layer, with their material. */
export const privateKeys: Detector<KeyInFile> = {
  id: 'secrets/private-keys',
  rules: [
    {
      id: RULE,
      tier: 'review',
      title: 'A private key ships in the image',
      remedy:
        'Replace the key wherever its public half is trusted, keep it out of the build, and mount it when the container starts.',
      attack: ['T1552.004'],
      controls: ['IAM-14', 'DSP-17'],
      references: [
        'https://attack.mitre.org/techniques/T1552/004/',
        'https://www.rfc-editor.org/rfc/rfc7468',
      ],
    },
  ],
  examiner: {
    id: 'secrets/private-keys',
    version: 2,
    wants: [{ needles: [ARMOUR, PGP_ARMOUR, WRAPPED] }],
    *examine(file) {
      for (const hit of allHits(file, [ARMOUR, PGP_ARMOUR])) {
        const from = Math.max(0, hit - MAX_LABEL);
        const text = slice(file, from, hit + MAX_WRAPPED);
        const begin = text.lastIndexOf('-----BEGIN ', hit - from);
        const key = begin < 0 ? undefined : parseKey(text, begin);
        if (key !== undefined) yield { ...key, offset: file.base + from + begin };
      }
      for (const hit of allHits(file, [WRAPPED])) {
        const [encoded = ''] = /^[A-Za-z0-9+/]*/.exec(slice(file, hit, hit + MAX_WRAPPED)) ?? [];
        const key = parseKey(Buffer.from(encoded, 'base64').toString('latin1'), 0);
        if (key !== undefined) yield { ...key, offset: file.base + hit };
      }
    },
  },
  *judge(image, seen) {
    // Host keys of a machine have a rule of their own. What a package brings is no secret, and may not stand for a copy of the same key that is one.
    const secret = seen.filter(
      (one) =>
        !PUBLISHED.has(one.observation.print) &&
        !isPristine(image, one.layer, one.path) &&
        !(isMachine(image.identity) && HOST_KEY.test(one.path)),
    );
    for (const group of groupsOf(grade(image, secret))) yield toDraft(group);
  },
};

/** Keys that projects publish to test with, outside any folder that says so: Go's crypto/x509, urllib3's dummyserver. */
const PUBLISHED: ReadonlySet<string> = new Set(['ec5fa9904554', 'd55e9d9b688c', '2913d00ead41']);
/** A program or library with more keys than this tests itself with them (GnuTLS has ten). */
const MAX_OWN_KEYS = 3;

interface GradedKey extends Seen<KeyInFile> {
  readonly tier: Tier;
}

function grade(image: ImageView, seen: readonly Seen<KeyInFile>[]): GradedKey[] {
  const counts = new Map<string, number>();
  const fileOf = ({ layer, path }: Seen<KeyInFile>) => `${layer}/${path}`;
  for (const one of seen) counts.set(fileOf(one), (counts.get(fileOf(one)) ?? 0) + 1);
  return seen.map((one) => {
    const { layer, path, observation } = one;
    const content = image.layers[layer]?.files.get(path)?.content;
    const tests =
      (content === 'elf' || content === 'archive') && (counts.get(fileOf(one)) ?? 0) > MAX_OWN_KEYS;
    const harmless = tests || observation.encrypted || isSpecimenPlace(path) || isSnakeOil(path);
    return { ...one, tier: harmless ? 'note' : 'review' };
  });
}

/** One finding for each key, however many places it is in, and one for all SSH host keys of a layer. */
function groupsOf(seen: readonly GradedKey[]): GradedKey[][] {
  const groups = new Map<string, GradedKey[]>();
  for (const one of seen) {
    const { layer, path, observation, tier } = one;
    const key = isHostKey(path) ? `host keys ${layer}` : `${tier} ${observation.print}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()];
}

function toDraft(group: readonly GradedKey[]): FindingDraft {
  const [first] = group as [GradedKey];
  const { kind, bytes, print, encrypted, offset } = first.observation;
  const others = group.length > 1 ? `, and ${group.length - 1} more like it` : '';
  const host = isHostKey(first.path) ? ': every container of this image has the same SSH host key' : '';
  const locked = encrypted ? ' behind a passphrase' : '';
  return {
    rule: RULE,
    tier: first.tier,
    layer: first.layer,
    path: first.path,
    offset,
    evidence: `${kind} private key${locked}, ${bytes} bytes, sha256 ${print}…${others}${host}`,
  };
}

function isHostKey(path: LayerPath): boolean {
  return /^etc\/(?:ssh|dropbear)\/(?:ssh_host|dropbear)_\w+_(?:host_)?key$/.test(path);
}

/** Debian's ssl-cert makes it when it is installed, for a certificate that nobody trusts. */
function isSnakeOil(path: LayerPath): boolean {
  return path === 'etc/ssl/private/ssl-cert-snakeoil.key';
}

function slice({ bytes }: FileView, from: number, to: number): string {
  const end = Math.min(bytes.length, to);
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, Math.max(0, end - from)).toString('latin1');
}
