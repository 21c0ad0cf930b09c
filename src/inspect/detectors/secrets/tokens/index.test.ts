import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { inspectFixture, summary } from '../../../testing/fixture.ts';
import { checksumOf } from './checksum.ts';
import { findTokens } from './find.ts';
import { tokens } from './index.ts';

/* Tokens are joined in code, so that no scanner of repositories takes this file for a leak. */

const R30 = 'q7Zk2VbN9xTf4LmW8sYdRc3HjPeA1u';
const R62 = `${R30}${[...R30].reverse().join('')}aB`;
const long = (length: number) => R62.repeat(Math.ceil(length / R62.length)).slice(0, length);
const hex = (length: number) => '9f3a07c5d18be264'.repeat(5).slice(0, length);
const checked = (prefix: string) => prefix + R30 + checksumOf(R30);
const AWS_ID = `${'AK'}IAQ3EGLKZ7NVWTRB5D`;
const AWS_SECRET = 'w4Jk/8sYdRc3HjPeA1uq7Zk2VbN9xTf+LmWo5GhX';
const macaroon = Buffer.concat([
  Buffer.from([2, 1, 8]),
  Buffer.from('pypi.org'),
  Buffer.from([2, 36]),
  Buffer.from(long(80)),
]);

const cases = [
  { name: 'a GitHub token with its checksum', text: checked('ghp_'), expected: ['GitHub token checksum'] },
  { name: 'a GitHub token without it', text: `ghp_${R30}AAAAAA`, expected: [] },
  {
    name: 'an npm token',
    text: `//registry/:_authToken=${checked('npm_')}`,
    expected: ['npm token checksum'],
  },
  { name: 'letters before the mark', text: `x${checked('ghp_')}`, expected: [] },
  {
    name: 'a fine-grained GitHub token',
    text: `${'github'}_pat_${long(22)}_${long(59)}`,
    expected: ['GitHub fine-grained token structure'],
  },
  { name: 'a GitLab token', text: `${'glp'}at-${long(20)}`, expected: ['GitLab token structure'] },
  { name: 'a GitLab stand-in', text: 'glpat-xxxxxxxxxxxxxxxxxxxx', expected: [] },
  {
    name: 'a Slack token',
    text: `${'xo'}xb-123456789012-234567890123-${long(24)}`.replace('123456789012', '804512903367'),
    expected: ['Slack token structure'],
  },
  {
    name: 'a PyPI token',
    text: `password = ${'py'}pi-${macaroon.toString('base64url')}`,
    expected: ['PyPI token structure'],
  },
  {
    name: 'an AWS key with its secret',
    text: `aws_access_key_id = ${AWS_ID}\naws_secret_access_key = ${AWS_SECRET}\n`,
    expected: ['AWS access key structure'],
  },
  { name: 'an AWS key alone', text: AWS_ID, expected: ['AWS access key shape'] },
  {
    name: "AWS's own example",
    text: `${'AK'}IAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY`,
    expected: [],
  },
  { name: 'a Google API key', text: `key=${'AI'}za${long(35)}`, expected: ['Google API key shape'] },
  {
    name: 'an Azure connection string',
    text: `AccountName=a;AccountKey=${Buffer.from(long(64)).toString('base64')};`,
    expected: ['Azure storage key structure'],
  },
  {
    name: 'an Azure signature',
    text: `https://a.invalid/c?sv=2022-11-02&ss=b&sig=${long(43)}%3D`,
    expected: ['Azure shared access signature shape'],
  },
  {
    name: 'a DigitalOcean token',
    text: `${'do'}p_v1_${hex(64)}`,
    expected: ['DigitalOcean token structure'],
  },
  { name: 'a Stripe key', text: `${'sk'}_live_${long(24)}`, expected: ['Stripe key structure'] },
  { name: 'a Stripe test key', text: `${'sk'}_test_${long(24)}`, expected: [] },
  { name: 'a SendGrid key', text: `${'SG'}.${long(22)}.${long(43)}`, expected: ['SendGrid key structure'] },
  { name: 'a Docker Hub token', text: `${'dckr'}_pat_${long(27)}`, expected: ['Docker Hub token structure'] },
  { name: 'a Vault token', text: `${'hv'}s.CAES${long(90)}`, expected: ['HashiCorp Vault token structure'] },
  {
    name: 'an Anthropic key',
    text: `${'sk'}-ant-api03-${long(93)}AA`,
    expected: ['Anthropic key structure'],
  },
  {
    name: 'an OpenAI key',
    text: `OPENAI=${'sk'}-proj-${long(40)}T3BlbkFJ${long(40)}`,
    expected: ['OpenAI key structure'],
  },
  {
    name: 'a Telegram bot token',
    text: `bot${'804512903'}:AAE${long(32)}`.replace('bot', 'bot '),
    expected: ['Telegram bot token structure'],
  },
];

for (const { name, text, expected } of cases) {
  test(`tokens: ${name}`, () => {
    const found = [...findTokens(`first line\nTOKEN="${text}"\nlast`)];
    assert.deepEqual(
      found.map(({ kind, proof }) => `${kind} ${proof}`),
      expected,
    );
    for (const { masked } of found) assert.ok(masked.length < 30, masked);
  });
}

const token = checked('ghp_');

test('tokens: in text, in a program, deleted later, and masked', () => {
  const program = Buffer.concat([
    Buffer.from('\x7fELF\x02\x01\x01', 'latin1'),
    Buffer.alloc(5000),
    Buffer.from(`${'glp'}at-${long(20)}\0`),
  ]);
  const layers = [
    { 'app/.env': `GH=${token}\n`, 'app/run': program, 'app/test/a.env': AWS_ID },
    { 'app/.env': null },
  ];
  const { findings } = inspectFixture({ layers }, [tokens]);
  assert.deepEqual(summary(findings), [
    'note secrets/token app/test/a.env',
    'review secrets/token app/.env',
    'review secrets/token app/run',
  ]);
  const deleted = findings.find(({ location }) => location.path === 'app/.env');
  assert.equal(deleted?.location.hidden?.by, 'deleted');
  assert.equal(deleted?.location.offset, 3);
  assert.equal(deleted?.evidence, `GitHub token (by checksum): ghp_…${token.slice(-2)} (40 characters)`);
  for (const { evidence } of findings) assert.ok(!evidence.includes(token.slice(0, 12)));
});

test('tokens: whatever surrounds a token, it is found once', () => {
  const noise = fc.string({
    unit: fc.constantFrom('a', '_', '-', ' ', '\n', 'ghp_', 'AKIA', ':AAE', '"', 'sk-'),
  });
  fc.assert(
    fc.property(noise, noise, (before, after) => {
      const found = [...findTokens(`${before} ${token} ${after}`)].filter(
        ({ proof }) => proof === 'checksum',
      );
      assert.equal(found.length, 1);
    }),
    { numRuns: 300 },
  );
});

test('tokens: a megabyte of marks takes linear time', () => {
  const started = performance.now();
  for (const mark of ['AKIA', 'ghp_', ':AAE', 'T3BlbkFJ', 'sk-ant-']) [...findTokens(mark.repeat(2 ** 17))];
  assert.ok(performance.now() - started < 2000);
});
