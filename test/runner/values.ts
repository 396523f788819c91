/** What GitHub puts in place of expressions in a run for dev. */
export const values = {
  'github.token': 'github-token',
  'github.server_url': 'https://github.example',
  'github.repository': 'clinic-org/clinic',
  'github.run_id': '7',
  'github.event.pull_request.number': '12',
  'secrets.PULUMI_ACCESS_TOKEN': 'pulumi-token',
  'secrets.PULUMI_CONFIG_PASSPHRASE': '',
  'secrets.SMOKE_CLIENT_SECRET': 'smoke-secret',
  'vars.SMOKE_CLIENT_ID': 'smoke-client',
  'vars.SMOKE_TOKEN_FIELDS': 'audience=clinic',
  'vars.PULUMI_BACKEND_URL': '',
  'matrix.stack': 'dev',
  'inputs.stack': 'dev',
  'inputs.digests': '',
  'inputs.copy-from': 'clinic-dev',
  'vars.AWS_REGION': 'eu-central-1',
  'vars.SOURCE_REGISTRY_ID': '111111111111',
  'vars.REGISTRY_ID': '222222222222',
} as const;

/** What a step says that installs, and why no test runs it. */
export const installs =
  'replaces the node_modules that the tests run from; .ci/run begins with it, from a clean checkout';
