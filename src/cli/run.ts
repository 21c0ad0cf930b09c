import { Command, CommanderError } from 'commander';
import { VERSION } from '../app/version.ts';
import { Failure, isFailure, messageOf } from '../core/failure.ts';
import { toPrintable } from '../core/printable.ts';
import { amiLintCommand } from './ami-lint.ts';
import { cacheCommand } from './cache.ts';
import { diffCommand } from './diff.ts';
import { EXIT_FAILED, EXIT_USAGE, exitCodeFor, type SetExitCode } from './exit-code.ts';
import { inspectCommand } from './inspect.ts';
import { nameCommand } from './name.ts';
import { attestCommand, signCommand } from './sign.ts';
import { verifyCommand } from './verify.ts';

/** Runs one command line; the exit code. Everything that breaks ends in one line on stderr. */
export async function runCli(argv: readonly string[]): Promise<number> {
  let exitCode = 0;
  const setExitCode: SetExitCode = (code) => {
    exitCode = code;
  };
  process.stdout.on('error', endOnBrokenPipe);
  const program = new Command('pratique')
    .description('Inspects images without running them, and says what is malicious in them.')
    .version(VERSION)
    .exitOverride()
    .configureOutput({
      outputError: (text, write) => write(`pratique: USAGE: ${text.replace(/^error: /, '')}`),
    })
    .showSuggestionAfterError()
    .addCommand(inspectCommand(setExitCode))
    .addCommand(diffCommand(setExitCode))
    .addCommand(nameCommand(setExitCode))
    .addCommand(amiLintCommand(setExitCode))
    .addCommand(verifyCommand(setExitCode))
    .addCommand(signCommand())
    .addCommand(attestCommand())
    .addCommand(cacheCommand());
  for (const command of program.commands) command.copyInheritedSettings(program);
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
    return complain(error);
  }
  return exitCode;
}

function complain(error: unknown): number {
  const failure = isFailure(error) ? error : toFailure(error);
  process.stderr.write(`pratique: ${failure.code}: ${toPrintable(messageOf(failure))}\n`);
  return isFailure(error) ? exitCodeFor(failure) : EXIT_FAILED;
}

function toFailure(error: unknown): Failure {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new Failure('DISK_FULL', `the disk is full: ${messageOf(error)}; free some space and try again`);
  }
  if (code === 'EACCES' || code === 'EPERM') return new Failure('NO_PERMISSION', messageOf(error));
  return new Failure('INTERNAL', `${messageOf(error)}; this is a bug in pratique, please report it`);
}

/** Whoever read our output has gone: nobody is left to tell. Any other error `print` throws. */
function endOnBrokenPipe(error: Error): void {
  if ('code' in error && error.code === 'EPIPE') process.exit(EXIT_FAILED);
}
