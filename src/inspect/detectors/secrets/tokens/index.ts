import type { Tier } from '../../../../core/finding.ts';
import { fewOfEach } from '../../../content/bounded.ts';
import { allHits } from '../../../content/program-strings.ts';
import type { Detector, FileView } from '../../../contract.ts';
import { isSpecimenPlace } from '../evidence/places.ts';
import { type FoundToken, findTokens, LONG_MARKS } from './find.ts';

const RULE = 'secrets/token';
/** Larger text is looked at where a long mark occurs only. */
const MAX_TEXT = 5 * 2 ** 20;
const BEFORE = 512;
const AFTER = 4096;
/** Of each proof in one file. */
const MAX_TOKENS = 64;
/** No token is longer. */
const LONGEST = 1100;

/** Tokens that open somebody's account: told by checksum, by structure, or by shape. */
export const tokens: Detector<FoundToken> = {
  id: 'secrets/tokens',
  rules: [
    {
      id: RULE,
      tier: 'review',
      title: 'An access token ships in the image',
      remedy:
        'Revoke the token now: whoever can pull the image has it. Give it to the build as a secret mount and to the container at run time.',
      attack: ['T1552.001', 'T1528'],
      controls: ['IAM-14', 'DSP-17'],
      references: [
        'https://attack.mitre.org/techniques/T1552/001/',
        'https://docs.docker.com/build/building/secrets/',
      ],
    },
  ],
  examiner: {
    id: 'secrets/tokens',
    version: 2,
    wants: [{ content: ['text', 'script'], maxSize: MAX_TEXT }, { needles: LONG_MARKS }],
    examine: (file) => fewOfEach(tokensIn(file), MAX_TOKENS, ({ proof }) => proof),
  },
  *judge(_image, seen) {
    for (const { layer, path, observation } of seen) {
      const { kind, proof, offset, masked } = observation;
      const tier: Tier =
        proof === 'shape' || (proof !== 'checksum' && isSpecimenPlace(path)) ? 'note' : 'review';
      const evidence = `${kind} (by ${proof}): ${masked}`;
      // What a distribution ships is no secret.
      yield { rule: RULE, tier, layer, path, offset, evidence, yieldsToPackages: true };
    }
  },
};

function* tokensIn(file: FileView): Generator<FoundToken> {
  let last = -1;
  for (const { from, text } of piecesOf(file)) {
    for (const token of findTokens(text)) {
      const offset = file.base + from + token.offset;
      // Pieces overlap.
      if (offset > last) yield { ...token, offset };
      last = Math.max(last, offset);
    }
  }
}

function* piecesOf(file: FileView): Generator<{ from: number; text: string }> {
  const { content, size } = file.record;
  if ((content === 'text' || content === 'script') && size <= MAX_TEXT) {
    yield { from: 0, text: file.text() };
    return;
  }
  let end = 0;
  for (const hit of allHits(file, LONG_MARKS)) {
    if (hit + LONGEST <= end) continue;
    const from = Math.max(0, hit - BEFORE);
    end = Math.min(file.bytes.length, hit + AFTER);
    const { buffer, byteOffset } = file.bytes;
    yield { from, text: Buffer.from(buffer, byteOffset + from, end - from).toString('latin1') };
  }
}
