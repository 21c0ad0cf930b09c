#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { defaultCacheFolder } from '../app/cache/folder.ts';

// Node's own default is the temporary folder, where nothing of ours stays behind.
enableCompileCache(join(defaultCacheFolder(), 'compiled'));
const { runCli } = await import('./run.ts');
process.exitCode = await runCli(process.argv.slice(2));
