import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { buildElf, type ElfPlan } from '../../testing/elf-builder.ts';
import { dynamicSymbols } from './dynamic.ts';
import { type Elf, readElf } from './elf.ts';
import { sampleEntropy } from './entropy.ts';

function parse(plan: ElfPlan): Elf {
  const elf = readElf(buildElf(plan));
  assert.ok(elf !== undefined);
  return elf;
}

const shapes = [
  { name: '64-bit little-endian', bits: 64, bigEndian: false },
  { name: '64-bit big-endian', bits: 64, bigEndian: true },
  { name: '32-bit little-endian', bits: 32, bigEndian: false },
  { name: '32-bit big-endian', bits: 32, bigEndian: true },
] as const;

for (const { name, ...shape } of shapes) {
  test(`elf: reads a dynamic program, ${name}`, () => {
    const elf = parse({
      ...shape,
      interpreter: '/lib/ld.so',
      needed: ['libc.so.6', 'libm.so.6'],
      rpath: '/opt/lib',
      runpath: '$ORIGIN/../lib',
      symbols: { readdir: true, dlsym: false },
      sections: 'symtab',
    });
    assert.equal(elf.type, 'executable');
    assert.equal(elf.interpreter, '/lib/ld.so');
    assert.deepEqual(elf.dynamic.needed, ['libc.so.6', 'libm.so.6']);
    assert.deepEqual([elf.dynamic.rpath, elf.dynamic.runpath], ['/opt/lib', '$ORIGIN/../lib']);
    assert.deepEqual(
      [...dynamicSymbols(elf)],
      [
        { name: 'readdir', defined: true },
        { name: 'dlsym', defined: false },
      ],
    );
    assert.deepEqual(
      elf.sections.map((section) => section.name),
      ['', '.shstrtab', '.symtab'],
    );
    assert.deepEqual([elf.isStaticProgram, elf.isStripped, elf.sectionTable], [false, false, 'read']);
  });

  test(`elf: tells a static stripped program and one without sections, ${name}`, () => {
    const stripped = parse({ ...shape });
    assert.deepEqual(
      [stripped.isStaticProgram, stripped.isStripped, stripped.sectionTable],
      [true, true, 'read'],
    );
    const bare = parse({ ...shape, sections: 'none' });
    assert.deepEqual([bare.isStaticProgram, bare.isStripped, bare.sectionTable], [true, true, 'absent']);
  });
}

test('elf: a shared library is no program, and a table out of reach is unread', () => {
  const library = parse({ type: 3, soname: 'libx.so.1', needed: ['libc.so.6'] });
  assert.deepEqual(
    [library.type, library.dynamic.soname, library.isStaticProgram],
    ['shared', 'libx.so.1', false],
  );
  const whole = buildElf({ payload: 'x'.repeat(500) });
  const cut = readElf(whole.subarray(0, 300));
  assert.deepEqual([cut?.sectionTable, cut?.isStripped], ['unread', false]);
});

test('elf: a program whose dynamic section is out of reach is not called static', () => {
  const whole = buildElf({ payload: 'x'.repeat(500), needed: ['libc.so.6'], sections: 'none' });
  assert.equal(readElf(whole.subarray(0, 300))?.isStaticProgram, false);
});

test('elf: what is no whole ELF header is nothing', () => {
  const whole = buildElf();
  for (const bytes of [new Uint8Array(), whole.subarray(0, 63), Buffer.from('\x7fELF'.padEnd(80, '\x09'))])
    assert.equal(readElf(bytes), undefined);
});

test('elf: the running program is read as it is', () => {
  const elf = readElf(readFileSync(process.execPath));
  assert.ok(elf?.dynamic.needed.some((name) => name.startsWith('libc')));
});

test('elf: mutated files never throw, loop or grow', () => {
  const whole = buildElf({
    type: 3,
    interpreter: '/lib/ld.so',
    needed: ['libc.so.6'],
    runpath: '/x',
    symbols: { a: true, b: false },
    sections: 'symtab',
  });
  const mutation = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff)), {
    maxLength: 12,
  });
  fc.assert(
    fc.property(mutation, fc.nat(whole.length), (changes, length) => {
      const bytes = whole.slice(0, length);
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
      const elf = readElf(bytes);
      if (elf === undefined) return;
      assert.ok(elf.sections.length * 40 <= length && elf.segments.length * 32 <= length);
      assert.ok([...dynamicSymbols(elf)].length * 16 <= length);
      void [elf.dynamic, elf.interpreter, elf.isStaticProgram, elf.isStripped];
    }),
    { numRuns: 1500 },
  );
});

test('entropy: zeros, text and noise', () => {
  assert.equal(sampleEntropy(new Uint8Array(5000)), 0);
  assert.equal(sampleEntropy(new Uint8Array()), 0);
  const noise = Uint8Array.from(
    { length: 300_000 },
    (_, index) => (index * 7919 + (index >> 3) * 104729) & 255,
  );
  assert.ok(sampleEntropy(noise) > 7.5);
});
