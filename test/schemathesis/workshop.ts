import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pythonPrograms, run, type Outcome } from '../python/environment.ts';

/** What schemathesis tells of a run in `--report json`, as far as it is looked at. */
export interface Report {
  complete: boolean;
  operations: { total: number; tested: number; errored: number };
  phases: Record<string, { status: string }>;
  test_cases: { generated: number };
  failures: object[];
  errors: object[];
  warnings: Record<string, unknown[]>;
}

export interface Examination {
  /** The URL of an OpenAPI document. */
  readonly document: string;
  /** More arguments; never a secret, which everybody on the machine could read there. */
  readonly args?: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
}

/** Where schemathesis works: a directory with copies of its files, beside which a test writes its own. */
export class Workshop {
  private constructor(
    private readonly programs: string,
    private readonly files: readonly string[],
    readonly directory: string,
  ) {}

  /** @param files paths of `schemathesis.toml` and what it loads */
  static async open(files: readonly string[]): Promise<Workshop> {
    const programs = await pythonPrograms(join(import.meta.dirname, 'requirements.txt'));
    return new Workshop(programs, files, await mkdtemp(join(tmpdir(), 'clinic-schemathesis-')));
  }

  /** @throws Error with all that schemathesis said when it left no report */
  async examine({
    document,
    args = [],
    environment,
  }: Examination): Promise<{ outcome: Outcome; report: Report }> {
    for (const file of this.files) await copyFile(file, join(this.directory, basename(file)));
    const reportFile = join(this.directory, 'report.json');
    await rm(reportFile, { force: true });
    const outcome = await run(
      join(this.programs, 'schemathesis'),
      ['run', document, '--no-color', ...args, '--report', 'json', '--report-json-path', reportFile],
      { cwd: this.directory, environment },
    );
    const report = await readFile(reportFile, 'utf8').catch(() => {
      throw new Error(`schemathesis ended with ${outcome.exitCode ?? 'a signal'}:\n${outcome.output}`);
    });
    return { outcome, report: JSON.parse(report) as Report };
  }

  async close(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }
}
