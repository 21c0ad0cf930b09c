import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { inspectFixture, summary } from '../../../testing/fixture.ts';
import { privateKeys } from './index.ts';
import { parseKey } from './parse-key.ts';

/* Keys are made when the tests run. */

const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const pem = (type: 'pkcs1' | 'pkcs8') => rsa.export({ type, format: 'pem' }) as string;
const sec1 = ec.export({ type: 'sec1', format: 'pem' }) as string;
const locked = rsa.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }) as string;
const lockedOld = rsa.export({
  type: 'pkcs1',
  format: 'pem',
  cipher: 'aes-128-cbc',
  passphrase: 'x',
}) as string;
const begin = (label: string) => `-----${'BEGIN'} ${label}-----\n`;
const armoured = (label: string, bytes: Buffer) =>
  `${begin(label)}${bytes.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END ${label}-----\n`;
const openSsh = (cipher: string) =>
  armoured(
    'OPENSSH PRIVATE KEY',
    Buffer.concat([
      Buffer.from(`openssh-key-v1\0\0\0\0${String.fromCharCode(cipher.length)}${cipher}`),
      Buffer.alloc(90, 7),
    ]),
  );
const pgp = `${begin('PGP PRIVATE KEY BLOCK')}Version: x\n\n${Buffer.concat([Buffer.from([0x95]), Buffer.alloc(89, 5)]).toString('base64')}\n=AbCd\n-----END PGP PRIVATE KEY BLOCK-----\n`;

const cases = [
  { name: 'PKCS#1', text: pem('pkcs1'), expected: 'RSA open' },
  { name: 'PKCS#8', text: pem('pkcs8'), expected: 'PKCS#8 open' },
  { name: 'SEC 1', text: sec1, expected: 'EC open' },
  { name: 'with a passphrase', text: locked, expected: 'PKCS#8 encrypted' },
  { name: 'with a passphrase, the old way', text: lockedOld, expected: 'RSA encrypted' },
  { name: 'OpenSSH', text: openSsh('none'), expected: 'OPENSSH open' },
  { name: 'OpenSSH with a passphrase', text: openSsh('aes256-ctr'), expected: 'OPENSSH encrypted' },
  { name: 'OpenPGP', text: pgp, expected: 'PGP open' },
  { name: 'escaped line breaks', text: pem('pkcs8').replaceAll('\n', '\\n'), expected: 'PKCS#8 open' },
  {
    name: 'a literal in source code',
    text: pem('pkcs1').trim().split('\n').join("\\n' +\n  '"),
    expected: 'RSA open',
  },
  {
    name: 'armour and no key',
    text: `${begin('RSA PRIVATE KEY')}%s\n-----END RSA PRIVATE KEY-----`,
    expected: undefined,
  },
  {
    name: 'base 64 that is no key',
    text: armoured(
      'RSA PRIVATE KEY',
      Buffer.from('this is not a key at all, only some text of sufficient length'),
    ),
    expected: undefined,
  },
  {
    name: 'a key cut short',
    text: armoured('PRIVATE KEY', Buffer.from(rsa.export({ type: 'pkcs8', format: 'der' })).subarray(0, 300)),
    expected: undefined,
  },
  { name: 'a public key', text: begin('PUBLIC KEY'), expected: undefined },
];

for (const { name, text, expected } of cases) {
  test(`private-keys: ${name}`, () => {
    const key = parseKey(`x${text}`, 1);
    assert.equal(key && `${key.kind} ${key.encrypted ? 'encrypted' : 'open'}`, expected);
  });
}

test('private-keys: tiers by place, host keys as one, wrapped keys too', () => {
  const layers = [
    {
      'srv/app/key.pem': pem('pkcs1'),
      'srv/app/copy.pem': pem('pkcs1'),
      'srv/app/locked.pem': locked,
      'srv/app/test/key.pem': sec1,
      'etc/ssl/private/ssl-cert-snakeoil.key': pem('pkcs8'),
      'etc/ssh/ssh_host_rsa_key': openSsh('none'),
      'etc/ssh/ssh_host_ed25519_key': openSsh('none'),
      'root/.kube/config': `client-key-data: ${Buffer.from(sec1).toString('base64')}\n`,
      'usr/lib/libssl.so': `\x7fELF\x02\x01\x01\0${begin('RSA PRIVATE KEY')}\0-----END RSA PRIVATE KEY-----\0`,
    },
  ];
  const { findings, problems } = inspectFixture({ layers }, [privateKeys]);
  assert.deepEqual(problems, []);
  assert.deepEqual(summary(findings), [
    'note secrets/private-key etc/ssl/private/ssl-cert-snakeoil.key',
    'note secrets/private-key srv/app/locked.pem',
    'note secrets/private-key srv/app/test/key.pem',
    'review secrets/private-key etc/ssh/ssh_host_rsa_key',
    'review secrets/private-key root/.kube/config',
    'review secrets/private-key srv/app/key.pem',
  ]);
  const hosts = findings.find(({ location }) => location.path?.startsWith('etc/ssh/'));
  assert.match(hosts?.evidence ?? '', /and 1 more like it: every container/);
});

test('private-keys: a damaged key is read or not, and nothing throws', () => {
  const text = pem('pkcs1');
  fc.assert(
    fc.property(fc.nat(text.length), fc.string(), (at, noise) => {
      parseKey(text.slice(0, at) + noise + text.slice(at + noise.length), 0);
    }),
    { numRuns: 500 },
  );
});
