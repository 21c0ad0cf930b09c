import {
  makeXzInstance,
  XZ_MEMORY_LIMIT,
  XZ_OK,
  XZ_OPTIONS_ERROR,
  XZ_STREAM_END,
  XZ_UNSUPPORTED_CHECK,
  XzDecoder,
  type XzInstance,
} from '../../../core/codec/xz-module.ts';
import { Unreadable } from '../../disk/unreadable.ts';

/*
 * One block of xz, decoded by XZ Embedded as WebAssembly.
 *
 * A layer that is one xz stream gets an instance of the decoder of its own (read/unpack/xz.ts). A squashfs has a stream for each
 * 8 KiB of its metadata, so its blocks share one: each is decoded from its first to its last byte without waiting for
 * anything, so that two never meet in it.
 */

/** @throws Unreadable MALFORMED_FILE_SYSTEM, UNSUPPORTED */
export function decodeXzBlock(input: Buffer, most: number): Buffer {
  instance ??= makeXzInstance();
  const decoder = new XzDecoder(instance);
  try {
    return decodeWith(decoder, input, most);
  } finally {
    decoder.close();
  }
}

let instance: XzInstance | undefined;

function decodeWith(decoder: XzDecoder, input: Buffer, most: number): Buffer {
  const output: Buffer[] = [];
  let length = 0;
  let supplied = 0;
  for (;;) {
    if (decoder.hungry) {
      const part = input.subarray(supplied, supplied + decoder.bufferBytes);
      decoder.supply(part);
      supplied += part.length;
    }
    const result = decoder.decode();
    const piece = decoder.output();
    length += piece.length;
    if (length > most) throw damaged(`holds more than ${most} bytes`);
    output.push(piece);
    if (result === XZ_STREAM_END) return output.length === 1 ? piece : Buffer.concat(output);
    if (result !== XZ_OK) throw toUnreadable(result);
    if (piece.length === 0 && supplied === input.length && decoder.hungry) throw damaged('ends early');
  }
}

function toUnreadable(result: number): Unreadable {
  if (result === XZ_OPTIONS_ERROR || result === XZ_UNSUPPORTED_CHECK) {
    const message = 'it uses an xz filter (BCJ) or check that is not supported';
    return new Unreadable('UNSUPPORTED', message);
  }
  if (result === XZ_MEMORY_LIMIT)
    return new Unreadable('UNSUPPORTED', 'its xz dictionary is larger than 64 MiB');
  return damaged(`is damaged (xz error ${result})`);
}

function damaged(how: string): Unreadable {
  return new Unreadable('MALFORMED_FILE_SYSTEM', `an xz block ${how}`);
}
