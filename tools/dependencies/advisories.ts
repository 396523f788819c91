/** What `npm audit --json` says, or what it says when the registry doesn't answer. */
interface Report {
  readonly vulnerabilities?: Readonly<Record<string, { readonly severity: string; readonly range: string }>>;
  readonly metadata?: { readonly dependencies: { readonly prod: number } };
  readonly message?: string;
}

export interface Verdict {
  /** 0: none is known; 1: some are; 2: nobody answered, so nothing is known. */
  readonly exitCode: 0 | 1 | 2;
  readonly lines: readonly string[];
}

/** @param output of `npm audit --json`; what is no report of the registry's is never taken for a good one */
export function verdictOf(output: string): Verdict {
  const report = reportIn(output);
  const { vulnerabilities, metadata } = report;
  if (!vulnerabilities || !metadata) {
    const why = (report.message ?? 'no report').replaceAll(/https?:\/\/[^/\s]+/g, '');
    return { exitCode: 2, lines: [`the registry did not say which advisories there are (${why})`] };
  }
  const found = Object.entries(vulnerabilities).map(
    ([name, { severity, range }]) => `${severity}: ${name} ${range}`,
  );
  if (found.length > 0) return { exitCode: 1, lines: found };
  return {
    exitCode: 0,
    lines: [`no advisory is known of ${metadata.dependencies.prod} production dependencies`],
  };
}

function reportIn(output: string): Report {
  try {
    return (JSON.parse(output) as Report | null) ?? {};
  } catch {
    return {};
  }
}
