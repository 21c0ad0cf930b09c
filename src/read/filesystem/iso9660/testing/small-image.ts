/**
 * `genisoimage -R -J -V seed -b boot/loader -no-emul-boot -boot-load-size 4 -c boot/catalogue -no-pad`, of a tree that is too
 * deep for ISO 9660. Packed with gzip.
 */
export const ROCK_RIDGE_AND_JOLIET =
  'H4sIAAAAAAACA+3dX2/b1hnH8YeKXNtxmosM67Z2bU4T54+TWJZkR7bRK1WiHTaSKEhykOzGUGPZMWpLg60EQTAEyM3WXewF7DJAsYu+' +
  'gl7tfi8m2EvInkNK/i/KQVTPib8fNdaheERSlNAfH0okRQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' +
  'AAAAgJPLJ5MpRwpeaemh6W270ViJGG2605vfdxcxX/3P/pOREXkWPvTst7ujf2f/XJEvw6EvZcTejciCfY5IrPt8g/+rRbfkVX2vmF10' +
  'jTbMfCaTnLq3UDULXsGtPqrW3KLJVdxsza+Ym7kJk5qfnzZu4pG/VFrMZwtu98HZyXQymTHfJcputlL1S1PfJaq5e15BP5WLQR872vaZ' +
  'Nbl85b5XMzU3Wzzxl5tOpjOpVHomNT+dSs8mk3LogeQBh3vwoT3rCB2cHmH+uwWj/4/2ar6plt2ct+DlsjXPLx17KtOsSAAAPhyxTv0v' +
  'BfGkJEvyUMyRt21p6G2lx9hD9f+1KffY9f+L8KEXf9gd/UVY/98Mh272qv97Lg23k7ktiqufGk+q4uvfomSDR0znEaMfh4zekrIs92RB' +
  'HzP619PPmqvtR/qvpq2iPpqTirayOuxry+g7npMJvU/pFOZ169Lo2IQ+w9dPaEnnkde+hWBO/W+D60T9D+p/fETedvMfAAAAAAB8tJzg' +
  'N3a2/o8HO/Ed+db3azH5OmjnUyPyVdCqVJaL/gM3H5MrOnxO8umYXA6elZ+LyVVtDUl+Oibj2hqW/ExMrondY5+/G5Pr2hqVfCYmN7R1' +
  'XvKzrHcAAAAAAE62/hd7fJ1jK3mxv4JywvpffS2Orf/VV+Ls1v9if5h3ztb/6rLEbf2vrsqQrf/VuAzb+l9dkxFb/6vrMmrrf3VDzlP/' +
  'AwAAAABw0vX/zc5egBG5Fba+l5be2nG5HQ6vSCoud8R+66/tdFwmJdhbsCLTcUmI/eZf2zNxmdL2J7Z9Ny5Jsb8D0HYmLqlg6tqejcuE' +
  '2N8CaHuOdQ8AAAAAwMnV/2LPr+NIeIqdW9raqf/VbR0O6n91R86F9b+alHhY/6uEDIX1v5qST8L6XyVlOKz/VUonH9T/akJGqf8BAAAA' +
  'ADhJPx66xs7z0U8vfH5z9xy71fKw8+//SqUy5LwqPxx33mRtv+ybofB5QwenWFv43LnYmcjLsd//5vIX3buc+0cnHXZKd3u/6dytHlqO' +
  'zpO6y+HsLMBmuACb58InnDtyAfbPuXMn/5JM2CfzWXj/WWdBwz0hzsXscilbdJdriZr78JtU8KL/XiqmHambZn2zYdpP6m2zvm02Ws21' +
  'xpYdbJrG+tqTttlotNuNre1Eu/G8bZfyp1d2oq9+cvbsZ+m1mvavLdnqnk7ZHP2exO0hGt1lG3Xk+1arvfediYXPjh1/ls3gfA9ij/k4' +
  'co6x/M66GHZkJbV3bpFvw5FzexGcU0LscSVHvtcj3YNNuvP81JGtreXN1rPGyvt9AF5K59CT2Yvh/cX97//YUtWtLOeztcQ3qc68Lzry' +
  'dLuxNblSb9ff830FgNNktc//ix0ZRO6+Q7p3pxa5edG5DsD+O83Ny2Gfy71SbC54Nf8JU2zu/TKz4sY5bTIA4IPN/+jMdA4X/seJygP5' +
  'v3VoK+PAXIL8f/2uZeX+uZQLF5wbYacb0u7+wGCuuyGxv9Ibtleo3a3ytIpeXd9oUOABAM5K/puwYX7N/F/t9y2DM4CvF+Rl9zLE0wf2' +
  'MnQyfyyXrWUL/uLSvr27j+vt+kZr7WkQ/uNh+I9Hhv/R+zj+urNvudv5wBZHwSvd78z5H8EWx8Z68wc707evbZ/Xb3vNtFq45NgDLkd3' +
  'dkT3XgnPZSZ80swvY/Zu7Jf9SzFa8LN5t7K7BsZ0OVr1lcZWsPLDl/+GbR8A+PjzP/qb3yPy/90r8xPK/2ZwbQKx5yfssf8/vfdb7PT7' +
  'fYsNAMCHnP/RmTmo/O+zleEMYi7N4DpEYs9F3CP/p/fm/zT5DwA4u/kfnZmDyv8+WxkDyv/xsM94r/yf2Zv/M+Q/AODs5n90Zg4q//ts' +
  'ZQwo/6+Ffa71yv+7e/P/LvkPADi7+R+dmYPK/z5bGQPK/+thn+u98j+zN/8z5D8A4Ozmf3RmDir/+2xlDCj/dw7/65H/s3vzf5b8BwCc' +
  '3fyPzsxB5X+frYyB5P8LmQ/7zHc77z/2rXv+n38O5Pw/ucIFZ+fcCQAAfFCuBNf/FXsNoB75f7jHwXP3/aXPWXX/JHUxWp3XZVMa2mrL' +
  'E223tbUu2/p3Q1o6dk3Hbe2MbWqroePXdKgd9GnofTvosy2JoPVc/94Krlos9spFRy7/SPdyRrrpcTvsebvHWXXthY5kps8ZYi/JU52/' +
  'XYpJ7W9fRZ0PEQDgA8z/ibAx0Tv/U2GPVK/a/Vafc+2NaP2/HiQ4AAA4HfkfXT87/fcQODN9zrt3SR53KmVb6a9pBd3Q2UWfLW9E+65L' +
  'U37QWj/6jHYXgqnWtRq3VTkAADhO/kfvFT9O/l+XO2GPO733rKdZ1QAAnKL8j85up/8Wgub/ZNhjsnf+T7OqAQA4Rfkfnd1O/y0Ezf9E' +
  '2CPRO/9nWNUAAJyi/I/Obqf/FoLm/1TYY6p3/t9lVQMAcIryPzq7nf5bCJr/ybBHsnf+Z1jVAACcovyPzm6n/xaC5n/0EYI2/2dZ1QAA' +
  'nKL873N0f/8tBM3/6HMI2PyfY1UDAHBquJU3zvna35xKxSsvp+bnU9naPddU/Nx9U/Hyi67xSjW3kruXLWm7XPFrfs4v2MYDL+9WTXWp' +
  'XPYrNbPgV0zZr3oPzYJXcE31UbXmFk3VLWZLNS9XLRfcbNU1Ob9Uy+ZqJu9Vc6a89G3Bq95zK8GTq2U35y14uWzN80um6i9Vcm7C6BTc' +
  'PR11ljq5Bc82S7oQXjFbeWQe+IWlomt0cXL6Imp+OMHuvLySDhWDySZ4uwEACDgR435eWvr5x6AV5/f7AAB8RDbWmw3TWjXtxvP2eQYY' +
  'YIABBhhggAEGGGDgVA5QuQB4X3Wz0WqumWZ9s3HHrLa2zPbTrcZ51gsAAB+zq483Wk9XJh+3mqvra+Q+AABnwkqj8WdiHwCAs+V/mWkX' +
  'AgDIAQA=';

const SECTOR = 2048;

/** An image of some sectors, made by hand: what no tool makes. Its root folder is sector 20. */
export class SmallIso {
  readonly image = Buffer.alloc(60 * SECTOR);

  constructor() {
    const primary = this.sector(16);
    primary[0] = 1;
    primary.write('CD001', 1);
    primary.fill(' ', 40, 72).write('BY HAND', 40);
    primary.writeUInt16LE(SECTOR, 128);
    recordOf('\0', 20, SECTOR, { flags: 2 }).copy(primary, 156);
    this.sector(17).write('\xffCD001', 'latin1');
  }

  sector(number: number): Buffer {
    return this.image.subarray(number * SECTOR, (number + 1) * SECTOR);
  }

  /** A folder of one sector, with records for itself and the one above in front. */
  folder(sector: number, ...records: readonly Buffer[]): this {
    const own = recordOf('\0', sector, SECTOR, { flags: 2 });
    return this.bare(sector, own, recordOf('\x01', 20, SECTOR, { flags: 2 }), ...records);
  }

  bare(sector: number, ...records: readonly Buffer[]): this {
    Buffer.concat(records).copy(this.sector(sector));
    return this;
  }

  fill(sector: number, content: Buffer | string): this {
    Buffer.from(content as Buffer).copy(this.sector(sector));
    return this;
  }
}

export function recordOf(
  name: string,
  block: number,
  bytes: number,
  { flags = 0, systemUse = Buffer.alloc(0) }: { flags?: number; systemUse?: Buffer } = {},
): Buffer {
  const padding = name.length % 2 === 0 ? 1 : 0;
  const record = Buffer.alloc(33 + name.length + padding + systemUse.length);
  record[0] = record.length;
  record.writeUInt32LE(block, 2);
  record.writeUInt32BE(block, 6);
  record.writeUInt32LE(bytes, 10);
  record.writeUInt32BE(bytes, 14);
  record.set([120, 9, 13, 12, 26, 40, 0], 18);
  record[25] = flags;
  record[32] = name.length;
  record.write(name, 33, 'latin1');
  systemUse.copy(record, 33 + name.length + padding);
  return record;
}

/** Entries of a system use area: a signature, and what is behind the header. */
export function areaOf(...entries: readonly (readonly [signature: string, data: Buffer])[]): Buffer {
  return Buffer.concat(
    entries.map(([signature, data]) => {
      const header = Buffer.from([0, 0, data.length + 4, 1]);
      header.write(signature);
      return Buffer.concat([header, data]);
    }),
  );
}

/** Numbers in both byte orders. */
export function both(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 8);
  for (const [index, value] of values.entries()) {
    bytes.writeUInt32LE(value, index * 8);
    bytes.writeUInt32BE(value, index * 8 + 4);
  }
  return bytes;
}
