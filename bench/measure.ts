import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** One run of a program: wall time in seconds, peak resident memory in MiB over the process tree's largest member. */
export interface Run {
  readonly seconds: number;
  readonly peakMiB: number;
  readonly status: number | null;
  readonly stdout: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Runs after a first one that only warms the page cache; the fastest counts. */
  readonly repeat?: number;
}

/** Runs a program `repeat` times (3) after one warm-up and gives the fastest run. */
export async function measure(
  argv: readonly string[],
  { env = {}, repeat = 3 }: RunOptions = {},
): Promise<Run> {
  let best: Run | undefined;
  for (let round = 0; round <= repeat; round++) {
    const run = await runOnce(argv, env);
    if (round > 0 && (best === undefined || run.seconds < best.seconds)) best = run;
  }
  return best ?? runOnce(argv, env);
}

export function runOnce(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Run> {
  const [program = '', ...args] = argv;
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(program, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let stdout = '';
    let peakMiB = 0;
    const watch = setInterval(() => {
      peakMiB = Math.max(peakMiB, peakOf(child.pid));
    }, 20);
    child.stdout.setEncoding('latin1').on('data', (text: string) => {
      if (stdout.length < 2 ** 20) stdout += text;
    });
    child.on('error', reject);
    child.on('close', (status) => {
      clearInterval(watch);
      resolve({ seconds: (performance.now() - start) / 1000, peakMiB, status, stdout });
    });
  });
}

/** The kernel's own high-water mark (proc(5), `VmHWM`); 0 where there is no /proc or the process has gone. */
function peakOf(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** Fails loudly when a run did not end as expected: a crash is not a fast result. */
export function expectStatus(run: Run, allowed: readonly number[], what: string): Run {
  if (run.status === null || !allowed.includes(run.status))
    throw new Error(`${what} ended with ${run.status}`);
  return run;
}
