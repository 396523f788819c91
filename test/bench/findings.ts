import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import prettier from 'prettier';
import { plot, type Plot } from './plot.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = join(root, 'docs', 'benchmarks');
const page = join(root, 'docs', 'benchmarks.md');

/** One line of the tables of docs/benchmarks.md. */
interface Finding {
  /** What was measured, and beside what. */
  what: string;
  /** With its unit, and its spread. */
  measured: string;
  /** What it is to be, where anything is asked of it. */
  wanted?: string | undefined;
}

interface Results {
  title: string;
  /** What a reader must know of how it was measured. */
  about: string;
  command: string;
  machine: string;
  commit: string;
  date: string;
  findings: Finding[];
  plots: string[];
}

/** What a benchmark finds: said as it is found, and written to docs/benchmarks.md when all of it was. */
export class Findings {
  readonly #findings: Finding[] = [];
  readonly #plots: string[] = [];
  readonly #commit = commit();

  /** @param name of the benchmark, as `npm run bench -- NAME` has it */
  constructor(
    private readonly name: string,
    private readonly title: string,
    private readonly about: string,
  ) {}

  add(what: string, measured: string, wanted?: string): void {
    console.info(`${what}: ${measured}${wanted === undefined ? '' : ` (wanted: ${wanted})`}`);
    this.#findings.push({ what, measured, wanted });
  }

  plot(drawn: Plot): void {
    const file = `${this.name}-${this.#plots.length + 1}.svg`;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, file), plot(drawn));
    this.#plots.push(file);
  }

  async save(): Promise<void> {
    if (this.#findings.length === 0) return;
    const results: Results = {
      title: this.title,
      about: this.about,
      command: `npm run bench -- ${this.name}`,
      machine: machine(),
      commit: this.#commit,
      date: new Date().toISOString().slice(0, 10),
      findings: this.#findings,
      plots: this.#plots,
    };
    mkdirSync(folder, { recursive: true });
    await write(join(folder, `${this.name}.json`), JSON.stringify(results));
    await write(page, pageOf(allResults()));
  }
}

/** As all files of the repository are formatted. */
async function write(file: string, content: string): Promise<void> {
  const config = await prettier.resolveConfig(file);
  writeFileSync(file, await prettier.format(content, { ...config, filepath: file }));
}

/** What is measured; `-dirty` when more than what earlier benchmarks wrote was changed since. */
function commit(): string {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
  const changes = git('status', '--porcelain', '--', '.', ':!docs/benchmarks', ':!docs/benchmarks.md');
  return `${git('rev-parse', '--short', 'HEAD')}${changes === '' ? '' : '-dirty'}`;
}

function machine(): string {
  const [processor] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} cores (${processor?.model ?? 'unknown'}), ${memory} GiB, Node ${process.versions.node}`;
}

function allResults(): Results[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Results);
}

function pageOf(results: readonly Results[]): string {
  return [introduction, ...results.map(sectionOf)].join('\n\n');
}

const introduction = `# Benchmarks

Everything runs on one machine, on loopback: the services, PostgreSQL and whoever asks share its cores, so what counts are
the ratios to a baseline that was measured by turns with the subject, not the figures by themselves. PostgreSQL does not wait
for the disk here (\`fsync=off\`), and plans a named statement once a connection, for either. \`npm run bench\` runs all
benchmarks and \`npm run bench -- NAME\` one; each of these writes its section here and its figures to
\`docs/benchmarks/\`. A spread in brackets is from the least to the most of the rounds.`;

function sectionOf({
  title,
  about,
  command,
  machine: where,
  commit,
  date,
  findings,
  plots,
}: Results): string {
  const rows = findings.map(({ what, measured, wanted = '' }) => `| ${what} | ${measured} | ${wanted} |`);
  return [
    `## ${title}`,
    about,
    ['| What | Measured | Wanted |', '| --- | --- | --- |', ...rows].join('\n'),
    ...plots.map((file) => `![${title}](benchmarks/${file})`),
    `\`${command}\` on ${date} at ${commit}: ${where}.`,
  ].join('\n\n');
}
