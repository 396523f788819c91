import { each, type Demand } from './rule.ts';

/** A statement of a policy document, with every member as a list. */
export interface Statement {
  readonly allows: boolean;
  /** `sts:AssumeRole`; `*` where all but some are meant. */
  readonly actions: readonly string[];
  /** `*` where all but some are meant. */
  readonly resources: readonly string[];
  /** `AWS`, `Service` or `Federated`, and who; `*` where all but some are meant. */
  readonly principals: readonly (readonly [kind: string, who: string])[];
  /** By operator and key in lower case: `stringequals aws:sourceaccount`. */
  readonly conditions: ReadonlyMap<string, readonly string[]>;
}

/** Demands on each statement that allows something. A document is JSON text, known as a whole or not at all. */
export function eachAllowed(
  document: () => unknown,
  demands: (statement: Statement) => readonly Demand[],
): Demand[] {
  return each(() => statementsOf(document()).filter(({ allows }) => allows), demands);
}

function statementsOf(document: unknown): Statement[] {
  const parsed: unknown = typeof document === 'string' ? JSON.parse(document) : document;
  const statements = isRecord(parsed) ? parsed.Statement : undefined;
  return [statements]
    .flat()
    .filter(isRecord)
    .map((statement) => ({
      allows: statement.Effect === 'Allow',
      actions: 'NotAction' in statement ? ['*'] : texts(statement.Action),
      resources: 'NotResource' in statement ? ['*'] : texts(statement.Resource),
      principals: 'NotPrincipal' in statement ? [['AWS', '*']] : principals(statement.Principal),
      conditions: new Map(conditions(statement.Condition)),
    }));
}

function principals(principal: unknown): (readonly [string, string])[] {
  if (principal === '*') return [['AWS', '*']];
  return isRecord(principal)
    ? Object.entries(principal).flatMap(([kind, who]) => texts(who).map((text) => [kind, text] as const))
    : [];
}

function conditions(condition: unknown): (readonly [string, string[]])[] {
  return isRecord(condition)
    ? Object.entries(condition).flatMap(([operator, keys]) =>
        isRecord(keys)
          ? Object.entries(keys).map(
              ([key, value]) => [`${operator} ${key}`.toLowerCase(), texts(value)] as const,
            )
          : [],
      )
    : [];
}

function texts(value: unknown): string[] {
  return [value].flat().filter((item) => typeof item === 'string');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
