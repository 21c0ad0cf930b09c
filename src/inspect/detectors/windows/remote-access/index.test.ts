import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, buildHive, merged } from '../../../registry/testing/hive-builder.ts';
import { testCases } from '../../../testing/detector-cases.ts';
import { inspectFixture } from '../../../testing/fixture.ts';
import { remoteAccess } from './index.ts';

const SOFTWARE = 'Windows/System32/config/SOFTWARE';
const SYSTEM = 'Windows/System32/config/SYSTEM';
const SAM = 'Windows/System32/config/SAM';
const WINLOGON = 'Microsoft\\Windows NT\\CurrentVersion\\Winlogon';

const server = (deny: number, authentication: number): Buffer =>
  buildHive(
    at('ControlSet001\\Control\\Terminal Server', {
      values: { fDenyTSConnections: deny },
      keys: { WinStations: { keys: { 'RDP-Tcp': { values: { UserAuthentication: authentication } } } } },
    }),
  );

testCases(remoteAccess, [
  {
    name: 'a clean server',
    kind: 'disk',
    files: {
      [SYSTEM]: server(0, 1),
      [SOFTWARE]: buildHive(
        merged(
          at(WINLOGON, { values: { AutoAdminLogon: '0', DefaultUserName: 'Administrator' } }),
          at('Microsoft\\Windows Defender', {
            values: { DisableAntiSpyware: 0 },
            keys: { Exclusions: { keys: { Paths: { values: { 'C:\\Program Files\\SQL\\data': 0 } } } } },
          }),
          at('Microsoft\\Windows\\CurrentVersion\\Policies\\System', { values: { EnableLUA: 1 } }),
        ),
      ),
      [SAM]: buildHive(at('SAM\\Domains\\Account\\Users\\Names', { keys: { Administrator: {}, Guest: {} } })),
    },
    expected: [],
  },
  { name: 'remote desktop off', files: { [SYSTEM]: server(1, 0) }, expected: [] },
  {
    name: 'remote desktop without authentication',
    files: { [SYSTEM]: server(0, 0) },
    expected: [`note windows/remote-desktop ${SYSTEM}`],
  },
  {
    name: 'settings that are lowered',
    files: {
      [SOFTWARE]: buildHive(
        at('Microsoft\\Windows\\CurrentVersion\\Policies\\System', {
          values: { LocalAccountTokenFilterPolicy: 1, EnableLUA: 0 },
        }),
      ),
      [SYSTEM]: buildHive(
        at('ControlSet001\\Control\\SecurityProviders\\WDigest', { values: { UseLogonCredential: 1 } }),
      ),
    },
    expected: [
      `note windows/weak-setting ${SOFTWARE}`,
      `note windows/weak-setting ${SOFTWARE}`,
      `review windows/weak-setting ${SYSTEM}`,
    ],
  },
  {
    name: 'Defender off, by policy too, and with wide exclusions',
    files: {
      [SOFTWARE]: buildHive(
        merged(
          at('Policies\\Microsoft\\Windows Defender', { values: { DisableAntiSpyware: 1 } }),
          at('Policies\\Microsoft\\Windows Defender\\Real-Time Protection', {
            values: { DisableRealtimeMonitoring: 1 },
          }),
          at('Microsoft\\Windows Defender\\Exclusions', {
            keys: {
              Paths: { values: { 'C:\\': 0, 'C:\\app': 0 } },
              Processes: { values: { 'powershell.exe': 0 } },
            },
          }),
        ),
      ),
    },
    expected: Array.from({ length: 4 }, () => `review windows/defender-off ${SOFTWARE}`),
  },
  {
    name: 'an account that lists leave out',
    files: { [SAM]: buildHive(at('SAM\\Domains\\Account\\Users\\Names', { keys: { support$: {} } })) },
    expected: [`review windows/hidden-account ${SAM}`],
  },
]);

test('automatic logon is told without its password', () => {
  const hive = buildHive(
    at(WINLOGON, { values: { AutoAdminLogon: '1', DefaultUserName: 'a', DefaultPassword: 'Hunter2!' } }),
  );
  const { findings } = inspectFixture({ layers: [{ [SOFTWARE]: hive }], catalogers: [] }, [remoteAccess]);
  assert.deepEqual(
    findings.map(({ rule, tier, evidence }) => [rule, tier, evidence]),
    [['windows/automatic-logon', 'review', `${WINLOGON} DefaultPassword of a: *** (8 characters)`]],
  );
});
