import { type Mount, toMount } from './fstab.ts';

/** Of one unit: the file, and what is dropped in over it, in order. */
export function parseMountUnit(texts: readonly string[]): Mount[] {
  const values = new Map<string, string>();
  for (const text of texts) for (const [key, value] of settingsOf(text)) values.set(key, value);
  const value = (key: string): string => values.get(key) ?? '';
  // What systemd puts in for a specifier (`%i`) cannot be told here: then it is a device that is not known.
  const what = /%[^%]/.test(value('What')) ? 'ID=%' : value('What').replaceAll('%%', '%');
  return toMount(what, value('Where'), value('Type'), value('Options'));
}

/** systemd.syntax(7), of the section that counts: comments, and lines that go on. */
function* settingsOf(text: string): Generator<readonly [key: string, value: string]> {
  let section = '';
  for (const line of joinedLines(text)) {
    const header = /^\[(.*)\]$/.exec(line)?.[1];
    if (header !== undefined) section = header;
    const at = line.indexOf('=');
    if (section === 'Mount' && at > 0) yield [line.slice(0, at).trim(), line.slice(at + 1).trim()];
  }
}

function* joinedLines(text: string): Generator<string> {
  let started = '';
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.trim();
    // A comment inside of a line that goes on is passed over.
    if (/^[#;]/.test(line)) continue;
    if (line.endsWith('\\')) {
      started += `${line.slice(0, -1)} `;
      continue;
    }
    yield (started + line).trim();
    started = '';
  }
  if (started !== '') yield started.trim();
}
