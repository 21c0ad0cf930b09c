import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { rootCertificates } from 'node:tls';
import fc from 'fast-check';
import { inspectFixture, summary } from '../../../testing/fixture.ts';
import { listedPackages, packageOf } from '../../../testing/listed-packages.ts';
import { certificatesIn } from './certificates.ts';
import { caRoots } from './index.ts';

const [ROOT, SECOND, SERVER] = ['root', 'second-root', 'server'].map((name) =>
  readFileSync(new URL(`./testdata/${name}.pem`, import.meta.url), 'latin1'),
) as [string, string, string];
const [MOZILLA = ''] = rootCertificates;

const RULE = 'supply-chain/ca-root';
const BUNDLE = 'etc/ssl/certs/ca-certificates.crt';
const packaged = {
  ...packageOf('listed', { 'usr/share/ca-certificates/mozilla/a.crt': SECOND }),
  'usr/share/ca-certificates/mozilla/a.crt': SECOND,
};

const cases = [
  {
    name: 'a root in each folder of its own',
    layers: [
      {
        'usr/local/share/ca-certificates/x.crt': ROOT,
        'etc/pki/ca-trust/source/anchors/x.pem': ROOT,
        'etc/ssl/certs/x.pem': ROOT,
      },
    ],
    expected: [
      `review ${RULE} etc/pki/ca-trust/source/anchors/x.pem`,
      `review ${RULE} etc/ssl/certs/x.pem`,
      `review ${RULE} usr/local/share/ca-certificates/x.crt`,
    ],
  },
  {
    name: 'a bundle of what packages ship and Mozilla trusts is nothing',
    layers: [{ ...packaged, [BUNDLE]: `${SECOND}\n${MOZILLA}\n` }],
    expected: [],
  },
  {
    name: 'one certificate more in the bundle',
    layers: [packaged, { [BUNDLE]: `${SECOND}\n${MOZILLA}\n${ROOT}` }],
    expected: [`review ${RULE} ${BUNDLE}`],
  },
  {
    name: 'an added root and its copy in the bundle are one finding',
    layers: [packaged, { 'usr/local/share/ca-certificates/x.crt': ROOT, [BUNDLE]: `${SECOND}\n${ROOT}` }],
    expected: [`review ${RULE} usr/local/share/ca-certificates/x.crt`],
  },
  {
    name: 'a bundle that no package vouches for is a note',
    layers: [{ [BUNDLE]: `${MOZILLA}\n${ROOT}` }],
    expected: [`note ${RULE} ${BUNDLE}`],
  },
  {
    name: "a server's certificate is nothing in a store, and something among anchors",
    layers: [
      { 'etc/ssl/certs/ssl-cert-snakeoil.pem': SERVER, 'usr/local/share/ca-certificates/s.crt': SERVER },
    ],
    expected: [`review ${RULE} usr/local/share/ca-certificates/s.crt`],
  },
  {
    name: 'with an index of an unknown host it is refused',
    layers: [
      { 'usr/local/share/ca-certificates/x.crt': ROOT },
      { 'etc/pip.conf': '[global]\nindex-url = https://x.invalid/simple\n' },
    ],
    expected: [`block ${RULE} usr/local/share/ca-certificates/x.crt`],
  },
  {
    name: 'with a package repository of an unknown host it is refused',
    layers: [{ 'etc/ssl/certs/x.pem': ROOT, 'etc/apk/repositories': 'https://x.invalid/alpine\n' }],
    expected: [`block ${RULE} etc/ssl/certs/x.pem`],
  },
  {
    name: 'with usual repositories it stays for review',
    layers: [
      {
        'etc/ssl/certs/x.pem': ROOT,
        'etc/apk/repositories': 'https://dl-cdn.alpinelinux.org/alpine/v3.20/main\n',
      },
    ],
    expected: [`review ${RULE} etc/ssl/certs/x.pem`],
  },
  {
    name: 'an index alone is nothing here',
    layers: [{ 'etc/pip.conf': '[global]\nindex-url = https://x.invalid/simple\n' }],
    expected: [],
  },
];

for (const { name, layers, expected } of cases) {
  test(`ca-roots: ${name}`, () => {
    const { findings, problems } = inspectFixture({ layers, catalogers: [listedPackages] }, [caRoots]);
    assert.deepEqual(summary(findings), expected);
    assert.deepEqual(problems, []);
  });
}

test('ca-roots: says line, subject and fingerprint', () => {
  const layers = [{ 'usr/local/share/ca-certificates/x.crt': `# x\n${SECOND}${ROOT}` }];
  const { findings } = inspectFixture({ layers }, [caRoots]);
  assert.equal(findings[0]?.location.line, 2);
  assert.match(findings[1]?.evidence ?? '', /^Inert Test Root x\.invalid \(SHA-256 [0-9a-f]{16}…\)$/);
});

test('certificates: DER is read as PEM is', () => {
  const der = Buffer.from(ROOT.replace(/-----[A-Z ]+-----/g, ''), 'base64');
  const [fromDer] = certificatesIn(der, der.toString('latin1'), assert.fail);
  const [fromPem] = certificatesIn(Buffer.from(ROOT), ROOT, assert.fail);
  assert.deepEqual(fromDer, fromPem);
  assert.equal(fromDer?.authority, true);
});

test('certificates: damaged ones are read or skipped, never thrown at', () => {
  fc.assert(
    fc.property(fc.nat(ROOT.length - 1), fc.string({ maxLength: 3 }), (at, text) => {
      const damaged = ROOT.slice(0, at) + text + ROOT.slice(at + 1);
      for (const { line } of certificatesIn(Buffer.from(damaged, 'latin1'), damaged, assert.fail))
        assert.ok(line >= 1);
    }),
    { numRuns: 200 },
  );
});
