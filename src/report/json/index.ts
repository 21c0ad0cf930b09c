import { REPORT_SCHEMA_VERSION, type Report } from '../../core/report.ts';

/**
 * The report as it is, by docs/schema/report-1.0.json: one report is the document; the reports of several platforms
 * stand in `reports`.
 */
export function renderJson(reports: readonly Report[]): string {
  const [first] = reports;
  const document = reports.length === 1 ? first : { schemaVersion: REPORT_SCHEMA_VERSION, reports };
  return `${JSON.stringify(document, null, 2)}\n`;
}
