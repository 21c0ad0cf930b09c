import type { Report } from '../core/report.ts';

/** One way to write reports down. Several reports are the platforms of one image. */
export interface Format {
  readonly name: string;
  readonly mediaType: string;
  render(reports: readonly Report[]): Promise<string>;
}
