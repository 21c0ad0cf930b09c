import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lookupReaderFor } from './read-lookups.ts';

/* Five megabytes of what is worst for a parser: read or refused, and soon. */

const LENGTH = 5 * 2 ** 20;
const SOON_MS = 4000;

const PIECES: Readonly<Record<string, readonly string[]>> = {
  'a.tf': [
    '{',
    'a {\n',
    'a = [',
    '<<A\n',
    'x = <<A\n',
    '/*',
    '"',
    '"${',
    'a ',
    'a=1\n',
    '#',
    '\\"',
    '${',
    'data "aws_ami" "x" { filters = { name\n',
    '\n',
    '=',
    'é',
    '}',
  ],
  'a.json': [
    '[',
    '{"a":',
    '"',
    '\\',
    '"\\',
    '[1,',
    '/*',
    '//\n',
    ' ',
    '\n',
    ',',
    '{"urn":"a:b:c:latest"},',
    '1',
  ],
  'a.sh': [
    '"',
    '\\"',
    "'",
    '$(',
    '`',
    '(',
    '<<A\n',
    '<<A ',
    '|',
    '\\\n',
    '#',
    'aws ec2 describe-images --filters Name=name,Values=',
    '--owners ',
    '$',
    'a ',
    'a\n',
    'aws ec2 describe-images\n',
    '[-1]',
    'sort',
  ],
  'a.yaml': ['- ', '[', '{a:', '"', '? ', '%a\n', '&a [*a,', '---\n', 'a: |\n', ',', 'a: b\n', '!x '],
};

for (const [file, pieces] of Object.entries(PIECES)) {
  for (const piece of pieces) {
    test(`${file}: ${JSON.stringify(piece)}`, () => {
      const read = lookupReaderFor(file);
      assert.ok(read);
      const starts =
        file === 'a.json' ? ['', '['] : file === 'a.yaml' ? ['urn: '] : file === 'a.sh' ? ['az\n'] : [''];
      for (const start of starts) {
        const begun = performance.now();
        try {
          for (const lookup of read(start + piece.repeat(LENGTH / piece.length))) assert.ok(lookup.line > 0);
        } catch (error) {
          assert.ok(error instanceof SyntaxError, String(error));
        }
        const took = performance.now() - begun;
        assert.ok(took < SOON_MS, `${Math.round(took)} ms`);
      }
    });
  }
}

test('YAML of half a megabyte, which is parsed', () => {
  const read = lookupReaderFor('a.yaml');
  assert.ok(read);
  for (const piece of ['[', ',', 'a: b\n', '- *a\n']) {
    const text = `urn: &a x\n${piece.repeat((500 * 1024) / piece.length)}`;
    const begun = performance.now();
    assert.doesNotThrow(() => {
      try {
        for (const lookup of read(text)) assert.ok(lookup.line > 0);
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
      }
    });
    assert.ok(performance.now() - begun < SOON_MS, piece);
  }
});

test('aliases that multiply are not followed', () => {
  const levels = Array.from({ length: 60 }, (_, at) => `l${at + 1}: &l${at + 1} [*l${at}, *l${at}, *l${at}]`);
  const read = lookupReaderFor('a.yaml');
  assert.ok(read);
  assert.deepEqual([...read(`l0: &l0 x\n${levels.join('\n')}\nsource_ami_filter: *l60\n`)], []);
});

test('a heredoc of two hundred thousand commands', () => {
  const read = lookupReaderFor('a.sh');
  assert.ok(read);
  const command = 'az vm create --image a:b:c:latest;';
  const found = [...read(`cat <<E\n${command.repeat(200_000)}\nE\n`)];
  assert.equal(found.length, 200_000);
});
