const SAMPLES = 16;
const SAMPLE_BYTES = 4096;

/**
 * Shannon entropy in bits a byte (0 to 8) of a bounded sample: at most sixteen blocks of 4 KiB spread over `bytes`.
 * Code is near 6, compressed or encrypted data above 7.8.
 */
export function sampleEntropy(bytes: Uint8Array): number {
  const counts = new Uint32Array(256);
  const step = Math.max(SAMPLE_BYTES, Math.floor(bytes.length / SAMPLES));
  let total = 0;
  for (let start = 0, sample = 0; start < bytes.length && sample < SAMPLES; start += step, sample++) {
    for (const byte of bytes.subarray(start, start + SAMPLE_BYTES)) {
      counts[byte] = (counts[byte] ?? 0) + 1;
      total++;
    }
  }
  let entropy = 0;
  for (const count of counts) if (count > 0) entropy -= (count / total) * Math.log2(count / total);
  return entropy;
}
