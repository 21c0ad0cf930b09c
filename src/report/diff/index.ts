import type { ConfigChange, FileChange, ImageDiff, PackageChange } from '../../core/diff.ts';
import type { Finding } from '../../core/finding.ts';
import { toPrintable } from '../../core/printable.ts';
import { placeOf } from '../place.ts';
import { TIER_COLOURS } from '../terminal/findings.ts';
import { fit, fitMiddle, painter, plural, type TerminalOptions, wrap } from '../terminal/style.ts';

/** Lines shown of each list; the JSON has all of them. */
const SHOWN = 20;
/** Characters of one path. */
const PATH = 160;

/** A difference for a person: new findings first, then packages, config and files. */
export function renderDiff(diff: ImageDiff, options: TerminalOptions): string {
  const paint = painter(options);
  const { findings, packages, config, files, problems } = diff;
  const lines = [
    `${paint('bold', 'FROM')} ${toPrintable(diff.before.location)}`,
    `${paint('bold', '  TO')} ${toPrintable(diff.after.location)}`,
    ...section('FINDINGS', options, [
      ...findings.added.map((finding) => renderFinding('+', finding, options)),
      ...findings.removed.map((finding) => renderFinding('-', finding, options)),
    ]),
    ...section('PACKAGES', options, [
      ...packages.changed.map((change) => `~ ${renderPackage(change)}`),
      ...packages.added.map((change) => paint('green', `+ ${renderPackage(change)}`)),
      ...packages.removed.map((change) => paint('red', `- ${renderPackage(change)}`)),
    ]),
    ...section(
      'CONFIG',
      options,
      config.map((change) => renderConfig(change, options)),
    ),
    ...section('FILES', options, [
      ...suspiciousFirst(files.changed).map((change) => renderChanged(change, options)),
      ...files.added.map((change) => paint('green', `+ ${renderFile(change)}`)),
      ...files.removed.map((change) => paint('red', `- ${renderFile(change)}`)),
    ]),
    ...section(
      'PROBLEMS',
      options,
      problems.map(({ code, message }) =>
        wrap(`! ${code} ${toPrintable(message, 300)}`, options.width - 2, '    '),
      ),
      'problem',
    ),
    '',
    `the newer image: ${paint('bold', diff.decision.outcome)}`,
  ];
  return `${lines.join('\n')}\n`;
}

function section(
  title: string,
  options: TerminalOptions,
  lines: readonly string[],
  noun = 'change',
): string[] {
  const paint = painter(options);
  const rest = lines.length - SHOWN;
  return [
    '',
    paint('bold', `${title}  ${lines.length === 0 ? `no ${noun}` : plural(lines.length, noun)}`),
    ...lines.slice(0, SHOWN).map((line) => `  ${line}`),
    ...(rest > 0 ? [paint('dim', `  … ${rest} more; --format json has them all`)] : []),
  ];
}

function renderFinding(
  sign: '+' | '-',
  { tier, title, rule, location }: Finding,
  options: TerminalOptions,
): string {
  const paint = painter(options);
  const text = `${sign} ${tier} ${title}: ${fitMiddle(placeOf(location), PATH)} (${rule})`;
  return paint(sign === '+' ? TIER_COLOURS[tier] : 'dim', wrap(text, options.width - 2, '    '));
}

function renderPackage({ type, name, before, after }: PackageChange): string {
  const versions = [before, after].filter((version) => version !== undefined).join(' → ');
  return toPrintable(`${type} ${name} ${versions}`, 200);
}

function renderConfig({ field, before, after }: ConfigChange, options: TerminalOptions): string {
  const room = Math.max(30, Math.floor((options.width - field.length - 10) / 2));
  const same = commonStart(before, after);
  const short = (text: string): string =>
    fit(`${same > 0 ? '…' : ''}${toPrintable(text.slice(same), 1000)}`, room);
  return `~ ${toPrintable(field, 200)}: ${short(before)} → ${short(after)}`;
}

/** How much of two long values to leave out, so that what differs is seen; a little before it is kept. */
function commonStart(a: string, b: string): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length < 24 ? 0 : length - 12;
}

function suspiciousFirst(changes: readonly FileChange[]): FileChange[] {
  return changes.toSorted((a, b) => Number(b.suspicious === true) - Number(a.suspicious === true));
}

function renderChanged(change: FileChange, options: TerminalOptions): string {
  const text = `~ ${renderFile(change)}: ${change.what.join(', ')}`;
  if (change.suspicious !== true) return text;
  return painter(options)('red', `${text}; its package kept its version`);
}

function renderFile({ path, owner }: FileChange): string {
  return `/${fitMiddle(toPrintable(path, 4096), PATH)}${owner === undefined ? '' : ` (${toPrintable(owner, 100)})`}`;
}
