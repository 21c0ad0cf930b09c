import { gunzipSync } from 'node:zlib';
import type { BlockSource } from '../../../disk/block-source.ts';
import { requireInside } from '../../../disk/bounded.ts';
import { crc32c } from '../../../disk/crc32c.ts';

/*
 * A file system that Linux 6.18 wrote, to be read and to be damaged. Default subvolume `@` with `@/nested`, and a snapshot of it.
 *
 *   truncate -s 32M f.img; mkfs.btrfs -M -n 4k -L fixture -U 01234567-89ab-cdef-0123-456789abcdef f.img
 *   mount -o loop,noatime f.img m; btrfs subvolume create m/@; btrfs subvolume create m/@/nested
 *   echo top >m/top; echo nested >m/@/nested/file; mkdir m/@/etc; printf 'root:x:0:0::/root:/bin/sh\n' >m/@/etc/passwd
 *   for c in zlib lzo zstd; do
 *     mount -o remount,compress-force=$c m; yes "a line that is compressed by $c" | head -c 20000 >m/@/$c
 *     yes inline-$c | head -c 1500 >m/@/inline-$c; sync -f m
 *   done
 *   mount -o remount,compress=no m; yes 'not compressed' | head -c 9000 >m/@/plain; truncate -s 100000 m/@/plain
 *   ln -s ../plain m/@/etc/link; ln m/@/plain m/@/twin; setcap cap_net_raw+ep m/@/plain
 *   setfattr -n user.note -v seen m/@/etc/passwd; chmod 750 m/@/etc/passwd; chown 7:8 m/@/etc/passwd
 *   touch -d @1000000000 m/@/etc/passwd; sync -f m; btrfs subvolume snapshot -r m/@ m/snap; rm m/@/twin
 *   btrfs subvolume set-default m/@; umount m
 *
 * Stored are the blocks of 4 KiB that a walk reads, each after its number; all others are zeros.
 */
const IMAGE =
  'H4sIAAAAAAACA+2dC3QU1RnHv9ndyb6XIBERQQIoh6ok4V15BtSKQixIoEULbAKLrMTdnGRRiC0GyREVrVHrwQdItFTkUAS0HpBa' +
  'BVEpCPV1bGl8EITWKnIQX1UR096dubMzd2d2s3kdwP/vAHvvft989zns3G++mZtNRDv3P9qDUiD1vuy6O9btPco/iSTle1U+c+y4' +
  'q+dMnlnk5wdsm6Imsq1M2uL/VisWsng5pDtM97eEiGTBgJ2XbafE0ZJYAFUmG0zJy6MqNtQPvGrUnY913f/a2EVniE2fE14Qm18R' +
  'oh87/h9rw9Updigxlwr1803TsJnMZUk/x9XjxQlHAAAAADjpUC9t/cLPuHZ5Wi7IG4rjHz4tPyn+4eT5AkXutbg0ljK7LElQNzn+' +
  '4bGspyCvE+ol1jMo2uNXOC2sZ7nYfqGehYI8XT2t+nNiC+u5URhHsZ40RRjnZo57sIX1BKA5i5odl6x8ODMfQLZ+AkpTByzp3qeh' +
  'qODOGx6s//O/e9bIwjrdrp+t+3ji4g5EpWbLqo8DRBONgniWHuICAAAAAAAAAACgGQyM/yvexZMNeUm9iyfp3C7KWjT5Ll7r3hVs' +
  '+xvbrKkHx29Zm5kPYGJKHwB3ftmkRNW1vks0KWh0hdmSFHKTfGUAAAAAAAAAAABoLl1kotxvDi7OyAdQPSmlD4AHvEiqgtOgza0e' +
  'DxDV6b7x8cTRgBpDo+aLv6ztEWGJvQGiXjpBkLtW1qkCSSzDq5YhiWWc8BMFdIIyfsQBP1E3TAsAAAAAAAAASIFT+IwTCVXGQrM9' +
  'fKHmoDnhspDT4ginuO7UpVebrFCb+iBEbYM8L75MfOuzgU1JJy0jExVzkMRakF6DZ22Ulye2z2W1ztalj4xpeXs3r3ombXuZTq5M' +
  'tGDGp8s3+bcVuBzHJxxbV3LOrnG/nSUP3fXlQ73f+qrY9cPRCb2fmHfTu3cW/+Vv829+YugDlx+9vaJLp0+XHG84Z5zz6dpI3YU9' +
  '7ePceTX3H8u6yD3v++d630JEjY2f/nMxW8lXF9xyeER9/0+q9jeW3/xe/obXj8eqVkbP2Dbyp9lfPV5d/DupsWiEol/fnz1FVV33' +
  'w/ojB/oe2F487A+T2Z8Nnbxztl/0oPxMsPOeW6cVeH+4tly1b9BffOWaGPvzUdUmVVE5quFF2SmorxxpqR7dLjFlO3V+uqEHzmsA' +
  'AAAAAAAAAKcTF8hEyyWiIpbJKcktC0dCubG5JbHccGXurOgN5RWhysrQ7NzShbllVVFPXCFXsLG1mrxGlY7cYHpjTMHMoFFFM5je' +
  'GFMwM2hU0QymN8YUzAwaVToSjY8bTG+MKRgN7qsmr/GQjpiaAAAAAAAAAABamUEyUd9n808Ec4umS3SeLaUXoKoyNtsjUX1091OP' +
  'ousAAAAAAAAAAIBTilEyUSQa0y32PcgiiyyyyCKLLLLIIossssgii+xpmB0tE6FHkEUWWWSRRRZZZJFFFllkkUX29M8WykToEWSR' +
  'TZ9F1BAAAAAAAADgVGesTLR763pfKp2kvQFzi5XvVbG4N6BXO1D56M7+sVntDcgFPr7hwuEAUbZO0KXXC64rWGJbgOhCnUDb0O/e' +
  'AFE+EdnFMo75lTLs4t6AB9W9Ae2iqaf8RIPZFg+iqYBqyiGa+tZHdKZOoJl6zkdUSESyaOpsn2JKFk35fER+nUAz9Q+vUqss0dRQ' +
  'r2IqSzTV20uUoxNopho8RJewjSpEU4UexZRTNDXAo/SVUzR1wq3UyiWamu5WTLlEU+PcSl+5RFOd3UQDiMgtmrrRpZhyi6amuZSJ' +
  'xQVdNk0c8muWyHERXaYTaGXsdyrV9YhljHYqZXjEmdjfqbTcI5rKcaqzGgAAmgf/oTRsFpSXl19eVhKO2NW8g8rCkXlei0PEfYb0' +
  '+wc1Ptb8qvG9g7Z8tm9wU9Lab36Bvi4Nk5O+NM2LHZJDnchVGZo1vyIcW5g3q6S8pDRcFo4tlNhmS8L7eblrVqZ4t3m1bovdlMjx' +
  'z7rbJNMa2HRps22osjLsts0fPZLonm/PHGLWbUyHV/49WfmMD3r8/UzvOVYSBcMR9nqmfuqLmPaeyL/CrbVILxP6gpvjn2azozV2' +
  '25p8xkitOY2fTzVNMx3NfT4x0UyJCtXZkS1Yn2ic2g4ya2LuVUbtpjbRkelIvtNzsFlz9Wmm4xa6Pj6j8oioD2uKOlbsfc/K9H2y' +
  'L3m0r5i0Y2LvMA8l1LlZdzuP7PODXx7E09df8b5pmum4hUGzxcuquzrlyPKzyU4mLWy3gd2xZpBZa/VppuMSej5ejwUzdu95bdee' +
  '8e+s371rwoe7u4XuuW3H3K5diuy/Dwd/uTquwnYX23l+n+vlpBO2LFwq/vfdXsPaocO1WuPeXxI1TTMdlzBikvI39bA6EiesSRPb' +
  'bVw39Rtk1lx9munws62r3khFNBobtmBYwbCCYcPy45n80nAkv3Kux/K3ykFucs2vDFXkRaKxUGUoFLFpPxrlJZWVN812Ckd0NStZ' +
  '7Qmn2mP/MekJuak/3rsfHp70O+6tHWL2Pdsn8BKZ6IXgKDkjH0BB03wATv0oft2oUM1n0vIOiiQhUP/nuD9JoP5Y3JMkUK8xlnRg' +
  'i0MAAAAAAAAAAAAQ0dovNlz6yQd9ux9+eciYRZ3yp91xfV32c/fNHPwzmWjbxqV3ZeQDCGYWB9DNoM2FPA6AxDu8RwPqil7NF+/0' +
  'HBjFEq8GiH6iF6x+e/h0llgdIOqlF1T/qzHEEreKgsf6bZ7PEjMCROfpBYvWrK1miZEBop56gee7qbVxp02AqLde8P344ctZ4nM/' +
  'UV+9YNXUnqtZ4k2/YOqbfcEtLLHBL9TqEWnruyxxm9/YwCD3KJX6jdUN8ptEY4Qygtxr1kMoI8i9PF/7hDK4U/Ydn2CKu3BYkIi+' +
  'gUHu2VvmE8rgrtxSsQzuRRvtM3ZikE+V7qopSZwlv1EDHSRxlpR7lZgJLii+9Y5j8Zs7E7xKX2mCa2ZKf2SJC7zGMrTezRKO0Hr3' +
  'kEdtIAAAAACABUkRhtqVMDnIycJ5kqJhnZpGFknKbcPWscKvYewUis0S70TmWF3p69JHxiTLbU3sCP1dxnRRREzHnarJEgvoSaEh' +
  'kxSPAEoKR03cu/WSpIuacVorOkhiGknxtu7EGGumyqqisrWenaSyqmhSOLHLrE5l4VK7tSKrU1m4VLIedDvZQrFZXKHGbFbYIqHK' +
  'WGh2e9anqZ3YhKFN289NaXv6SZZ+YjR5jiXOmLw88eyraubZ58/w7Nu86pm0Zx/TuUomWjl37LkZ+QAaUvsAfNoI6tvefB9AxwH3' +
  'xev3RoCoh16wbOgtG1niKXGpP/Gs7w6xxN3Cil5b9kUEU9qyryhgsai+MGCxSl3mt1ilLvIbV6laJHnIT3Q2fjEBAAAAAAAALcIQ' +
  'ec2JRcs9CY9QLFrutNB2pFiTtsaDCPuPHx5o5h3Sp5kOd3HVqPHejT7dUtxWGSkpT+l/kGLRcrL2CUhkK0x7fPoqpClB7wPgnc9t' +
  'aI9SZLetB06f3pKzd4hZmjFNJrqsau73GfkAaqek9AH4hUYpzwiJ3U51UwzejSTnJm2ckpH7AwAAAAAAAAAAACm4Rib6xdQHDmbk' +
  'A6jLzAfQ1aDNhW35LAAP+a+2CvmfaRXyP8Iq5D8nYBHy/4VVyP+bViH/T1qF/NdYhfzPsgr5H2MV8t/FbxHy/1+rkP/XrUL+11uF' +
  '/NdYhfyXqCH/Se627VaR/X+yiuyvtYrsj1hF9l9pFdnf14vIfgAAAACcjOB5ApVWfJ4ATwvgaYGmtL2NnwXg6+KKZp45gQzPHMOz' +
  'ABZxAEznWpnopSnnrsnIB7AxMx8A9gUwmsK+AK2wL8B1LqIOZvsC9LLaF+CI1b4ARVb7Aoy22hegF/YFAAC0JtglwKJDWmGXAH5J' +
  'YrUvQLqwV2eml1/6fQH0l1/YF4CwLwD2BeDTAPsCtO+wYl8A7AuQ5GH7lUy04vlVPTPyAWxrmg9A0nn+JO1et2a2wRjqz/9jKH7r' +
  'pRfvjqfewLMAAAAAAAAAAABAqzFdJtpU//czM/IBvJGZD8BnusS/sQPR+ToXu+YceNFPtFlKOAY1gcunCDyiYJJHESS9p+Fhl1FQ' +
  'y10pS11EnXR1XMFv/UZdRF10keSaqS1ZiikuqOWH1mUpR2ivkeCvfvjYoRxhEwt/20HUmYXlq++b0MroZlerC8BJhOaA5HOzTvDl' +
  'Zlv8x5HG3KmO2r6E/zv+vhpByW7RSSkiv6rbstK+pAoIg1lg1JNSDqbE1f76wYfdL8/O+/nSuosKvzu2cEn/8ePuPWtP/8LqdTW9' +
  'fPWvbBAP9IrVEeCO6h1btxqC2Np6MBNOfCU+8GQfTqdYgepJLTk3ublnn1423ue8uHD9pB3B+j7OvKZWw5lmOJd+eJZ2N2a/+/DA' +
  '9h5O8XuJCk/2ERbDKvnrmKxO2NQjLHFz6U5Qq2qkG+Hhj8tD9ZGmbTzALRk2apdh0ybJlJacmLgT1j4k/R59VtySYTtdtiw/2c82' +
  'r/hFQYuGzXuaXaLWmP1i22aH5pTML4vNkIl6H6m4NCMfQENmPgCX/kdXq80hdanvEAX91KU+Xyr4uPugm4+oo24NoR0R8hiPWMGL' +
  'vtqjLPU1AV+Pj/Aoy/AscSqsUMPYs8TCa92nzwkNAAAAgB83+hdXJ9FGF/hmL65OlTZ3tp6C7pwk/2tDqywwF7+77fZFy4teWvOa' +
  'VLJ2185XMl7nWozPq86PDC8Qb2ucpK5KTvYVZ5IfrKFVHK9wFLQtSX60crjl/s//AGdeUiFQQAEA';

const BLOCK = 4096;
const SIZE = 32 * 2 ** 20;
const ITEM = 25;
const HEADER = 101;

/** Where an item of a leaf is in its block. */
interface Place {
  readonly block: Buffer;
  readonly objectid: number;
  readonly type: number;
  readonly offset: number;
  readonly keyAt: number;
  readonly data: Buffer;
}

export class SmallImage implements BlockSource {
  readonly name = 'small.img';
  readonly size: number = SIZE;
  readonly blocks = new Map<number, Buffer>();

  constructor() {
    const bytes = gunzipSync(Buffer.from(IMAGE, 'base64'));
    for (let at = 0; at < bytes.length; at += 4 + BLOCK)
      this.blocks.set(bytes.readUInt32LE(at), bytes.subarray(at + 4, at + 4 + BLOCK));
  }

  async read(offset: number, length: number): Promise<Buffer> {
    requireInside(this, offset, length);
    const bytes = Buffer.alloc(length);
    for (let at = Math.floor(offset / BLOCK) * BLOCK; at < offset + length; at += BLOCK) {
      const block = this.blocks.get(at / BLOCK);
      if (block === undefined) continue;
      const from = Math.max(offset - at, 0);
      block.copy(bytes, at + from - offset, from, Math.min(BLOCK, offset + length - at));
    }
    return bytes;
  }

  async close(): Promise<void> {}

  get superblock(): Buffer {
    return this.blocks.get(16) ?? Buffer.alloc(BLOCK);
  }

  /** Blocks of trees. */
  get tree(): Buffer[] {
    const id = this.superblock.subarray(0x20, 0x30);
    return [...this.blocks.values()].filter(
      (block) => block.subarray(0x20, 0x30).equals(id) && block !== this.superblock,
    );
  }

  /** Items of all leaves. */
  items(type: number): Place[] {
    return this.tree
      .filter((block) => block[100] === 0)
      .flatMap((block) => {
        const places: Place[] = [];
        for (let index = 0; index < block.readUInt32LE(96); index++) {
          const keyAt = HEADER + index * ITEM;
          const start = HEADER + block.readUInt32LE(keyAt + 17);
          const data = block.subarray(start, start + block.readUInt32LE(keyAt + 21));
          const [objectid, offset] = [block.readBigUInt64LE(keyAt), block.readBigUInt64LE(keyAt + 9)].map(
            Number,
          );
          const place = {
            block,
            objectid: objectid ?? 0,
            type: block[keyAt + 8] ?? 0,
            offset: offset ?? 0,
            keyAt,
            data,
          };
          if (place.type === type) places.push(place);
        }
        return places;
      });
  }

  /** Makes the checksums of superblock and trees right again. */
  seal(): void {
    for (const block of [this.superblock, ...this.tree]) block.writeUInt32LE(crc32c(block.subarray(32)), 0);
  }
}
