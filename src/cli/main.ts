#!/usr/bin/env -S node --max-semi-space-size=8
// Node's own size for young objects, for each thread, costs 50 MiB more and saves no time: what is young here is mostly bytes.
import { runCli } from './run.ts';

process.exitCode = await runCli(process.argv.slice(2));
