import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { blankComments } from './comments.ts';
import type { Language } from './text-role.ts';

const cases: readonly { name: string; language: Language; text: string; kept: string }[] = [
  { name: 'a line', language: 'shell', text: 'a\n# b\nc', kept: 'a\n\nc' },
  { name: 'the end of a line', language: 'shell', text: 'a # b', kept: 'a' },
  { name: 'the first line stays', language: 'shell', text: '#!/bin/sh', kept: '#!/bin/sh' },
  { name: 'a mark in a word stays', language: 'shell', text: 'a#b $#', kept: 'a#b $#' },
  { name: 'a mark in quotes stays', language: 'shell', text: 'echo "a # b"', kept: 'echo "a # b"' },
  { name: 'slashes', language: 'node', text: '  // a\nb()', kept: '\nb()' },
  { name: 'a block', language: 'node', text: '/**\n * a\n */ b()', kept: '\n\n*/ b()' },
  {
    name: 'a block in a string stays',
    language: 'node',
    text: 'x("/*"); b(); y("*/")',
    kept: 'x("/*"); b(); y("*/")',
  },
  { name: 'a line that begins with a star stays', language: 'node', text: '1\n* b()', kept: '1\n* b()' },
  { name: 'a cron line stays', language: 'shell', text: '* * * * * root a', kept: '* * * * * root a' },
];

for (const { name, language, text, kept } of cases) {
  test(`comments: ${name}`, () => {
    const blanked = blankComments(text, language).replace(/^ +| +$/gm, '');
    assert.equal(blanked, kept.replace(/^ +| +$/gm, ''));
  });
}

test('comments: nothing moves', () => {
  const piece = fc.constantFrom('#', '/', '*', '\n', ' ', 'a', '"', '--', '/*', '*/', '//');
  const languages = fc.constantFrom<Language>('shell', 'node', 'lua');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), languages, (pieces, language) => {
      const text = pieces.join('');
      const blanked = blankComments(text, language);
      assert.equal(blanked.length, text.length);
      for (const [at, character] of [...blanked].entries()) {
        assert.ok(character === text[at] || (character === ' ' && text[at] !== '\n'));
      }
    }),
    { numRuns: 1000 },
  );
});
