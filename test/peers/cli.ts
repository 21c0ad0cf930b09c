import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FAILURE_CODES, type FailureCode } from '../../src/core/failure.ts';
import type { ProblemCode } from '../../src/core/problem.ts';
import type { Report } from '../../src/index.ts';

/*
 * The command line as a person has it: a process of its own, with a temporary folder of its own to see what it leaves
 * behind.
 */

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
/** Longer than anything honest takes: what is still running then hangs. */
const HANGS_AFTER = 60_000;

/** For one file of tests: what Node compiled is kept between its processes. */
const shared = mkdtempSync(join(tmpdir(), 'pratique-cli-'));
process.on('exit', () => rmSync(shared, { recursive: true, force: true }));

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Instead of this program: words that run one, such as `setpriv --reuid=65534`. */
  readonly through?: readonly string[];
  /** Where temporary files go; an empty folder by default. */
  readonly temporary?: string;
  /** Called once the process runs; gives the signal to send it, when the time has come. */
  readonly interrupt?: Promise<NodeJS.Signals>;
}

export interface CliResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What is left in the temporary folder. */
  readonly left: readonly string[];
  /** Milliseconds. */
  readonly took: number;
}

let runs = 0;

/** Runs one command line to its end. @throws Error when it hangs */
export async function cli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const temporary = options.temporary ?? join(shared, `run-${runs++}`);
  mkdirSync(temporary, { recursive: true, mode: 0o1777 });
  const env = {
    ...process.env,
    PRATIQUE_CACHE: join(shared, 'cache'),
    NO_COLOR: '1',
    ...options.env,
    TMPDIR: temporary,
  };
  const [program = '', ...words] = [...(options.through ?? []), process.execPath, MAIN, ...args];
  const start = performance.now();
  const child = spawn(program, words, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  options.interrupt?.then((signal) => child.kill(signal));
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  const timer = setTimeout(() => child.kill('SIGKILL'), HANGS_AFTER);
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
  });
  clearTimeout(timer);
  if (status === null) throw new Error(`${args.join(' ')} ended by a signal or hangs: ${output.stderr}`);
  return { ...output, status, left: readdirSync(temporary), took: performance.now() - start };
}

/** One clear line with a code, exit code 3, and nothing left behind. */
export function assertFails({ status, stdout, stderr, left }: CliResult, ...codes: FailureCode[]): void {
  const match = /^pratique: ([A-Z_]+): [^\n]+\n$/.exec(stderr);
  assert.ok(match, `not one clear line: ${JSON.stringify(stderr)}`);
  assert.ok((codes.length > 0 ? codes : FAILURE_CODES).includes(match[1] as FailureCode), stderr);
  assert.notEqual(match[1], 'INTERNAL', stderr);
  assert.equal(status, match[1] === 'USAGE' ? 64 : 3);
  assert.equal(stdout, '');
  assert.deepEqual(left, []);
}

/** A report, of `--format json`, that names the problem and allows nothing; and nothing left behind. */
export function assertReports({ status, stdout, stderr, left }: CliResult, code: ProblemCode): Report {
  assert.equal(stderr, '');
  const report = JSON.parse(stdout) as Report;
  const codes = report.problems
    .filter(({ effect }) => effect === 'incomplete')
    .map((problem) => problem.code);
  assert.ok(codes.includes(code), `${code} is not among ${codes.join(', ') || 'no problems'}`);
  assert.ok(status === 1 || status === 2, `exit code ${status}`);
  assert.notEqual(report.decision.outcome, 'allow');
  assert.deepEqual(left, []);
  return report;
}
