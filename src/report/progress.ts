import { toPrintable } from '../core/printable.ts';
import { formatBytes } from './bytes.ts';
import { painter, type TerminalOptions } from './terminal/style.ts';

/** How far the layers of one image are. */
export interface ReadingState {
  readonly location: string;
  readonly layers: readonly LayerState[];
}

export interface LayerState {
  /** Stored bytes, where the source says them. */
  readonly size?: number;
  readonly bytes: number;
  readonly done: boolean;
}

const MAX_BAR = 30;
/** What the bar gives way to the name down to. */
const NARROW_BAR = 14;
const MIN_BAR = 8;
/** What the name asks of a bar that could be wider. */
const NAME = 24;

/**
 * One line, no wider than the terminal: `shop:1.4  ━━━━━───────  112.3 MiB of 200.9 MiB · 2 of 5 layers`. What does not
 * fit is left out, from the name first.
 */
export function renderProgress(state: ReadingState, options: TerminalOptions): string {
  const paint = painter(options);
  const counts = countsOf(state.layers);
  // The counts grow and shrink; the bar must not.
  const room = options.width - 1 - Math.max(counts.length, widest(state.layers)) - 2;
  const wanted = Math.max(NARROW_BAR, room - 2 - Math.min(NAME, toPrintable(state.location).length));
  const bar = Math.min(MAX_BAR, room, wanted);
  if (bar < MIN_BAR) return counts.slice(0, Math.max(0, options.width - 1));
  const filled = Math.round(bar * fractionOf(state.layers));
  const name = toName(state.location, room - bar - 2);
  const track = `${paint('cyan', '━'.repeat(filled))}${paint('dim', '─'.repeat(bar - filled))}`;
  return `${name === '' ? '' : `${name}  `}${track}  ${paint('dim', counts)}`;
}

/** By bytes where every size is known, else by layers. */
function fractionOf(layers: readonly LayerState[]): number {
  if (layers.length === 0) return 1;
  const total = totalOf(layers);
  if (total === undefined) return layers.filter(({ done }) => done).length / layers.length;
  return total === 0 ? 1 : Math.min(1, readOf(layers) / total);
}

function countsOf(layers: readonly LayerState[]): string {
  const done = layers.filter((layer) => layer.done).length;
  const total = totalOf(layers);
  if (done === layers.length) return `${layers.length} of ${layers.length} layers · judging`;
  const of = total === undefined ? '' : ` of ${formatBytes(total)}`;
  return `${formatBytes(readOf(layers))}${of} · ${done} of ${layers.length} layers`;
}

function widest(layers: readonly LayerState[]): number {
  const total = totalOf(layers);
  const of = total === undefined ? '' : ` of ${formatBytes(total)}`;
  return `1023.9 MiB${of} · ${layers.length} of ${layers.length} layers`.length;
}

function totalOf(layers: readonly LayerState[]): number | undefined {
  const sizes = layers.map(({ size }) => size).filter((size) => size !== undefined);
  return sizes.length < layers.length ? undefined : sizes.reduce((sum, size) => sum + size, 0);
}

/** A layer that is done counts whole: one from the cache was not read. */
function readOf(layers: readonly LayerState[]): number {
  return layers.reduce((sum, { size, bytes, done }) => {
    return sum + (done ? (size ?? bytes) : Math.min(bytes, size ?? bytes));
  }, 0);
}

/** The end of a name says more than its beginning. */
function toName(location: string, room: number): string {
  const name = toPrintable(location);
  if (name.length <= room) return name;
  return room < 6 ? '' : `…${name.slice(-(room - 1))}`;
}
