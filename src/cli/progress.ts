import type { WriteStream } from 'node:tty';
import type { LayerProgress, Progress } from '../app/run.ts';
import { toPrintable } from '../core/printable.ts';
import { type LayerState, type ReadingState, renderProgress } from '../report/progress.ts';
import { terminalOf } from './terminal.ts';

/** Shows how far an inspection is. */
export interface ProgressView {
  readonly update: (progress: Progress) => void;
  /** Takes the bar away. Safe to call twice. */
  readonly finish: () => void;
}

/** The part of a terminal that is written to. */
export type ProgressStream = Pick<WriteStream, 'isTTY' | 'columns' | 'write'>;

/** Milliseconds between two drawings: ten a second. */
const PAUSE = 100;

const ERASE = '\r\x1b[K';
/** A line too wide, in a font that says so, is cut by the terminal and not wrapped: wrapped lines cannot be redrawn. */
const NO_WRAP = '\x1b[?7l';
const WRAP = '\x1b[?7h';

/**
 * What reading will cost, then a bar on one line, redrawn in place. No bar where `stream` is no terminal, or one without control.
 * @param wanted false: nothing at all
 */
export function showProgress(
  wanted: boolean,
  stream: ProgressStream = process.stderr,
  now: () => number = () => performance.now(),
): ProgressView {
  if (!wanted) return { update: () => undefined, finish: () => undefined };
  const sayCost = (progress: Progress): void => {
    if (progress.kind !== 'opened' || progress.cost === undefined) return;
    stream.write(`${toPrintable(progress.location)}: ${toPrintable(progress.cost)}\n`);
  };
  if (stream.isTTY !== true || process.env.TERM === 'dumb')
    return { update: sayCost, finish: () => undefined };
  let state: ReadingState | undefined;
  let drawn = Number.NEGATIVE_INFINITY;
  let visible = false;
  const draw = (): void => {
    if (state === undefined) return;
    drawn = now();
    visible = true;
    stream.write(`${NO_WRAP}${ERASE}${renderProgress(state, terminalOf(stream))}${WRAP}`);
  };
  return {
    update: (progress) => {
      sayCost(progress);
      state = advance(state, progress);
      const last = state?.layers.every(({ done }) => done) === true;
      if (last || now() - drawn >= PAUSE) draw();
    },
    finish: () => {
      if (visible) stream.write(ERASE);
      visible = false;
    },
  };
}

function advance(state: ReadingState | undefined, progress: Progress): ReadingState | undefined {
  if (progress.kind === 'layer') return state === undefined ? undefined : withLayer(state, progress);
  const { location, layers } = progress;
  return {
    location,
    layers: layers.map((size) => ({ bytes: 0, done: false, ...(size !== undefined && { size }) })),
  };
}

function withLayer(state: ReadingState, { index, bytes, done }: LayerProgress): ReadingState {
  const old = state.layers[index];
  if (old === undefined) return state;
  // Late news of a layer must not take it back.
  const layer: LayerState = { ...old, bytes: Math.max(old.bytes, bytes), done: old.done || done };
  return { ...state, layers: state.layers.with(index, layer) };
}
