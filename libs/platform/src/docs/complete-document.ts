import { ApiResponse, type OpenAPIObject } from '@nestjs/swagger';
import { problems, type ProblemCode } from '#contracts';
import { linkWhatIsCreated } from './created-links.ts';

interface ResponseObject {
  description: string;
  content: Record<string, { schema: { $ref: string } }>;
}
type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

const problemSchema = {
  type: 'object',
  description: 'Problem details (RFC 9457)',
  required: ['type', 'title', 'status', 'detail', 'instance', 'code'],
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: 'string' },
    code: { type: 'string', enum: Object.keys(problems), description: 'Stable; clients switch on it.' },
    errors: {
      type: 'array',
      description: 'With validation_failed: everything that is wrong, at once.',
      items: {
        type: 'object',
        required: ['path', 'message'],
        properties: { path: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
} as const;

/**
 * Adds what every operation has in common: its problem answers, that bodies know no other fields, that paths hold ids,
 * and where to go from what was created.
 */
export function completeDocument(document: OpenAPIObject): OpenAPIObject {
  for (const schema of Object.values(document.components?.schemas ?? {}))
    if ('properties' in schema) schema.additionalProperties = false;
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, Problem: problemSchema as never },
  };
  for (const path of Object.values(document.paths))
    for (const method of methods) {
      const operation = path[method];
      if (operation) describeProblems(operation, method);
      for (const parameter of operation?.parameters ?? [])
        if ('in' in parameter && parameter.in === 'path')
          parameter.schema = { ...parameter.schema, format: 'uuid' };
    }
  linkWhatIsCreated(document.paths);
  return document;
}

function describeProblems(operation: Operation, method: (typeof methods)[number]): void {
  const statuses = new Set([400]);
  // An open route asks nobody who they are.
  if (operation.security) for (const status of [401, 403, 429, 500, 503]) statuses.add(status);
  if (operation.parameters?.some((parameter) => 'in' in parameter && parameter.in === 'path'))
    statuses.add(404);
  if (operation.requestBody) for (const status of [413, 415]) statuses.add(status);
  // A POST without Idempotency-Key only asks.
  const isRepeatable = operation.parameters?.some((one) => 'name' in one && one.name === 'Idempotency-Key');
  if (isRepeatable || method === 'patch' || method === 'put')
    for (const status of [409, 422]) statuses.add(status);
  if (method === 'patch' || method === 'put') for (const status of [412, 428]) statuses.add(status);
  for (const status of statuses) operation.responses[status] ??= problemResponse(status);
}

function titlesOf(status: number): string {
  const codes = (Object.keys(problems) as ProblemCode[]).filter((code) => problems[code].status === status);
  return codes.map((code) => `${code}: ${problems[code].title}`).join('\n\n');
}

function problemResponse(status: number): ResponseObject {
  return {
    description: titlesOf(status),
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
}

/** A problem answer of one operation that others of its kind don't have. */
export function ProblemResponse(status: number): MethodDecorator {
  return ApiResponse({ status, ...problemResponse(status) });
}
