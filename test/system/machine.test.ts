import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { inspectLocation } from '../../src/app/inspect.ts';
import { parseSettings, type SettingsInput } from '../../src/app/settings.ts';
import type { Report } from '../../src/core/report.ts';
import { MACHINES, makeMachine, missingFor } from '../peers/machines.ts';
import { run } from '../peers/run.ts';

/*
 * The same machine in every container that clouds have says the same; a backdoored copy is refused, with partition, path and evidence.
 */

const folder = mkdtempSync(join(tmpdir(), 'pratique-machines-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const FORMATS: readonly (readonly [name: string, args: readonly string[]])[] = [
  ['qcow2', ['-O', 'qcow2', '-c']],
  ['vmdk', ['-O', 'vmdk', '-o', 'subformat=streamOptimized']],
  ['vhd', ['-O', 'vpc', '-o', 'subformat=dynamic,force_size=on']],
  ['vhdx', ['-O', 'vhdx']],
  ['vdi', ['-O', 'vdi']],
];

async function inspect(path: string, given: SettingsInput = {}): Promise<Report> {
  const settings = parseSettings({ cache: false, jobs: 1, ...given });
  const hooks = { signal: new AbortController().signal, onProgress: () => undefined };
  const [report, ...more] = await inspectLocation(path, settings, hooks);
  assert.ok(report !== undefined && more.length === 0);
  return report;
}

/** What must not depend on the file it came in. */
function substance({ image, packages, findings, problems, decision }: Report) {
  const { location: _, ...rest } = image;
  return { image: rest, packages, findings, problems, decision };
}

for (const machine of MACHINES) {
  const skip = missingFor(machine) ?? false;

  test(`${machine}: every container gives the same report`, { skip }, async () => {
    const raw = makeMachine(folder, machine, false);
    const expected = await inspect(raw);
    assert.equal(expected.decision.outcome, 'allow', JSON.stringify([expected.problems, expected.findings]));
    assert.ok(expected.image.files > 0);
    for (const [format, args] of FORMATS) {
      const disk = join(folder, `${machine}.${format}`);
      run('qemu-img', ['convert', '-f', 'raw', ...args, raw, disk]);
      assert.deepEqual(substance(await inspect(disk)), substance(expected), format);
      rmSync(disk);
    }
    run('gzip', ['-1k', raw]);
    assert.deepEqual(substance(await inspect(`${raw}.gz`)), substance(expected), 'gzip');
    rmSync(raw);
  });

  test(`${machine}: packages only are the same packages`, { skip }, async () => {
    const raw = makeMachine(folder, machine, false);
    const [all, few] = [await inspect(raw), await inspect(raw, { packagesOnly: true })];
    assert.deepEqual([few.packages, few.problems], [all.packages, all.problems]);
    assert.equal(few.decision.outcome, 'undetermined');
    assert.deepEqual(few.image.distribution, all.image.distribution);
    rmSync(raw);
  });

  test(`${machine}: a backdoored copy is refused`, { skip }, async () => {
    const raw = makeMachine(folder, machine, true);
    const { decision, findings } = await inspect(raw);
    assert.equal(decision.outcome, 'deny');
    const [grave] = findings.filter(({ tier }) => tier === 'block');
    assert.match(grave?.location.layer?.volume?.name ?? '', machine === 'lvm' ? /vg0\/root/ : /partition 1/);
    assert.ok(grave?.location.path !== undefined && grave.evidence !== '');
    rmSync(raw);
  });
}
