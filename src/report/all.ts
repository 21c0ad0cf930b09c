import type { Format } from './format.ts';

/** Every format, each loaded when it is asked for, so that the others cost no start-up time. */
export const FORMATS: readonly Format[] = [
  {
    name: 'json',
    mediaType: 'application/json',
    render: async (reports) => (await import('./json/index.ts')).renderJson(reports),
  },
];
