/** Replaces variables in one text; what did not fit stays as written. */
export type Expand = (text: string) => string;

/** `$NAME`, `${NAME}` and `${NAME:-other}`. */
const VARIABLE = /\$(?:([A-Za-z_]\w{0,200})|\{([A-Za-z_]\w{0,200})(?::?[-=?+][^{}]{0,200})?\})/g;
/** Characters that all texts together may gain. */
const MAX_GAINED = 64 * 2 ** 10;

/**
 * A shell in the container puts the environment's values into its line, so `sh -c "$X"` does what `X` says. One level
 * is expanded, quoted or not, for `eval '$X'` expands what the first shell left alone.
 * @param env `NAME=value` lines; of a name given twice the last counts
 * @param onCut called once, when a value no longer fits
 */
export function variableExpansion(env: readonly string[], onCut: () => void): Expand {
  const values = new Map(
    env.map((line) => {
      const equals = line.indexOf('=');
      return equals < 0 ? [line, ''] : [line.slice(0, equals), line.slice(equals + 1)];
    }),
  );
  let left = MAX_GAINED;
  let cut = false;
  return (text) =>
    text.replace(VARIABLE, (written: string, bare: string | undefined, braced: string | undefined) => {
      const value = values.get(bare ?? braced ?? '');
      if (value === undefined || value === '') return written;
      if (value.length > left) {
        if (!cut) onCut();
        cut = true;
        return written;
      }
      left -= value.length;
      return value;
    });
}
