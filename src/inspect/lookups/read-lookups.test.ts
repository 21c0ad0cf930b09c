import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lint } from './testing/lint.ts';

const broken: readonly (readonly [file: string, text: string])[] = [
  ['a.tf', 'x = "a\n'],
  ['a.tf', 'x = <<EOT\n'],
  ['a.tf', '/* x'],
  ['a.tf', 'x = [1\n'],
  ['a.tf', 'x = 1)\n'],
  ['a.json', '{"a" 1}'],
  ['a.json', '{"a": "b\n"}'],
  ['a.json', '{} {}'],
  ['a.json', ''],
  ['a.yaml', 'urn: [a\n'],
  ['a.sh', "az 'x\n"],
  ['a.sh', 'az "$(x"\n'],
];

for (const [file, text] of broken) {
  test(`not parsed, and said so: ${file}: ${JSON.stringify(text)}`, () => {
    assert.throws(() => lint(file, text), SyntaxError);
  });
}
