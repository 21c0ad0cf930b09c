import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

/*
 * Writes the catalogue's list of Docker official images from two files made of github.com/docker-library/official-images:
 * the library files as JSON (`{NAME: {entries: [{tags, archs}]}}`) and the names that were official once, one a line.
 * The raw files are not part of the repository: the result is reviewed as a change of names, and committed.
 *
 *   node scripts/build-catalogue.ts docker-official-images.json docker-official-removed.txt
 */

const target = new URL('../src/inspect/names/catalogue/official-images.json', import.meta.url);

const library = z.record(
  z.string(),
  z.object({ entries: z.array(z.object({ tags: z.array(z.string()), archs: z.array(z.string()) })) }),
);

const [images, removed] = process.argv.slice(2);
if (images === undefined || removed === undefined) {
  process.stderr.write('usage: build-catalogue.ts IMAGES.json REMOVED.txt\n');
  process.exitCode = 64;
} else {
  writeFileSync(target, render(readFileSync(images, 'utf8'), readFileSync(removed, 'utf8')));
}

/** Words of one image stand in one string: the file stays small, and a change of one image is a change of one line. */
function render(imagesText: string, removedText: string): string {
  const listed = Object.entries(library.parse(JSON.parse(imagesText))).sort(([a], [b]) => (a < b ? -1 : 1));
  const current = listed
    .filter(([, { entries }]) => entries.length > 0)
    .map(([name, { entries }]) => [
      name,
      {
        architectures: toWords(entries.flatMap(({ archs }) => archs).sort()),
        tags: toWords(entries.flatMap(({ tags }) => tags)),
      },
    ]);
  // A library file without entries is kept for an image that is no longer built.
  const emptied = listed.filter(([, { entries }]) => entries.length === 0).map(([name]) => name);
  // The folder of library files also held MAINTAINERS: image names are lower case.
  const removed = removedText.split('\n').filter((line) => /^[a-z0-9][a-z0-9._-]*$/.test(line));
  const file = { images: Object.fromEntries(current), retired: toWords([...emptied, ...removed].sort()) };
  return `${JSON.stringify(file, null, 2)}\n`;
}

function toWords(words: readonly string[]): string {
  return [...new Set(words)].join(' ');
}
