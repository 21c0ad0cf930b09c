import { recordOf, SmallIso } from './small-image.ts';

/* Images with something in them that no tool writes. */

export function interleaved(): SmallIso {
  const record = recordOf('FILE;1', 22, 5);
  record[26] = 1;
  return new SmallIso().folder(20, record);
}

export function twoFaced(): SmallIso {
  const record = recordOf('FILE;1', 22, 5);
  record.writeUInt32BE(23, 6);
  return new SmallIso().folder(20, record);
}

export function crossing(): SmallIso {
  const iso = new SmallIso().folder(20);
  const record = recordOf('FILE;1', 22, 5);
  const at = 68;
  record.copy(iso.sector(20), at);
  // Fill up to where the next would cross.
  for (let next = at; next + 200 < 2048; next += 200) {
    const long = recordOf(`N${String(next).padStart(3, '0')}`, 22, 0, { systemUse: Buffer.alloc(162) });
    long.copy(iso.sector(20), next);
  }
  const last = iso.sector(20).subarray(68 + 9 * 200);
  last.fill(0);
  recordOf('LAST', 22, 0, { systemUse: Buffer.alloc(100) }).copy(last);
  last[0] = 255;
  return iso;
}

export function tooShort(): Buffer {
  const record = recordOf('A', 22, 5);
  record[32] = 200;
  return record;
}

export function secondPrimary(): SmallIso {
  const iso = new SmallIso().folder(20);
  iso.sector(16).copy(iso.sector(17));
  recordOf('\0', 21, 2048, { flags: 2 }).copy(iso.sector(17), 156);
  return iso;
}

export function odd(): Buffer {
  const bytes = Buffer.alloc(130);
  bytes.write('\x01CD001');
  bytes[128] = 3;
  return bytes;
}
