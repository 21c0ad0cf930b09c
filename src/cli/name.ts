import { Command } from 'commander';
import { VERSION } from '../app/version.ts';
import { Failure } from '../core/failure.ts';
import { NAMES_SCHEMA_VERSION, type Naming } from '../core/naming.ts';
import type { SetExitCode } from './exit-code.ts';
import { exitCodeOf } from './exit-code.ts';
import { readLines } from './lines.ts';
import { collect, parseOutputs, print, writeWhole } from './output.ts';
import { terminalOf } from './terminal.ts';

/** Names taken from standard input. */
const MAX_NAMES = 1_000_000;
/** Characters of one line kept: more than are looked at of a name, so that a longer one is known for too long. */
const MAX_LINE = 4096;

export function nameCommand(setExitCode: SetExitCode): Command {
  return new Command('name')
    .description('say whose an image name is, and whether it imitates another')
    .argument(
      '<name...>',
      'image references, aws:OWNER/NAME, gcp:PROJECT/IMAGE, azure:PUBLISHER:…; - reads them from standard input',
    )
    .option('--names <file>', 'your own publishers, internal names and known bad images')
    .option('-f, --format <json[=file]>', 'as JSON; with =file into a file', collect)
    .action(async (given: string[], values: { names?: string; format?: string[] }) => {
      const outputs = parseOutputs(values.format ?? [], ['json']);
      const { toNameJudge } = await import('../app/name/index.ts');
      const { renderNamesJson, renderNaming } = await import('../report/naming/index.ts');
      const judge = await toNameJudge(values.names);
      const terminal = terminalOf(process.stdout);
      const isShown = !outputs.some(({ file }) => file === undefined);
      const names: Naming[] = [];
      const outcomes = new Set<'allow' | 'deny' | 'undetermined'>();
      for await (const name of namesFrom(given)) {
        const naming = judge(name);
        outcomes.add(outcomeOf(naming));
        if (outputs.length > 0) names.push(naming);
        if (isShown) await print(renderNaming(naming, terminal));
      }
      const json = renderNamesJson({
        schemaVersion: NAMES_SCHEMA_VERSION,
        tool: { name: 'pratique', version: VERSION },
        names,
      });
      for (const { file } of outputs) await (file === undefined ? print(json) : writeWhole(file, json));
      setExitCode(exitCodeOf([...outcomes]));
    });
}

async function* namesFrom(given: readonly string[]): AsyncGenerator<string> {
  if (given.filter((name) => name === '-').length > 1)
    throw new Failure('USAGE', 'standard input can be read once: write - once');
  for (const name of given) {
    if (name.trim() === '') throw new Failure('USAGE', 'an empty name names nothing');
    if (name === '-') yield* namesFromInput();
    else yield name;
  }
}

async function* namesFromInput(): AsyncGenerator<string> {
  let count = 0;
  for await (const line of readLines(process.stdin.setEncoding('utf8'), MAX_LINE)) {
    const text = line.trim();
    if (text === '' || text.startsWith('#')) continue;
    if (++count > MAX_NAMES)
      throw new Failure('TOO_LARGE', `standard input has more than ${MAX_NAMES} names: split it`);
    yield text;
  }
  // A list that could not be made is no list of good names.
  if (count === 0) throw new Failure('USAGE', 'standard input names nothing: write a name on each line');
}

/** As an inspection would decide on the name alone. */
function outcomeOf({ suspicions }: Naming): 'allow' | 'deny' | 'undetermined' {
  if (suspicions.some(({ tier }) => tier === 'block')) return 'deny';
  return suspicions.some(({ tier }) => tier === 'review') ? 'undetermined' : 'allow';
}
