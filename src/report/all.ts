import type { Format } from './format.ts';

/** Every format, each loaded when it is asked for, so that the others cost no start-up time. */
export const FORMATS: readonly Format[] = [
  {
    name: 'json',
    mediaType: 'application/json',
    render: async (reports) => (await import('./json/index.ts')).renderJson(reports),
  },
  {
    name: 'sarif',
    mediaType: 'application/sarif+json',
    render: async (reports) => (await import('./sarif/index.ts')).renderSarif(reports),
  },
  {
    name: 'cyclonedx',
    mediaType: 'application/vnd.cyclonedx+json; version=1.6',
    render: async (reports) => (await import('./cyclonedx/index.ts')).renderCycloneDx(reports),
  },
  {
    name: 'spdx',
    mediaType: 'application/spdx+json',
    render: async (reports) => (await import('./spdx/index.ts')).renderSpdx(reports),
  },
  {
    name: 'junit',
    mediaType: 'application/xml',
    render: async (reports) => (await import('./junit/index.ts')).renderJunit(reports),
  },
  {
    name: 'html',
    mediaType: 'text/html; charset=utf-8',
    render: async (reports) => (await import('./html/index.ts')).renderHtml(reports),
  },
];
