import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Express, RequestHandler } from 'express';
import { services } from '#catalogue';
import { Client } from '../harness/client.ts';
import { isDocumentation, operationsOf, routesOf } from '../harness/routes.ts';
import { startSystem, type System } from '../harness/system.ts';

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  schema?: object;
}
interface Link {
  operationId: string;
  parameters?: Record<string, string>;
}
interface Response {
  description?: string;
  headers?: Record<string, object>;
  content?: Record<string, { schema: object }>;
  links?: Record<string, Link>;
}
interface Operation {
  operationId?: string;
  summary?: string;
  tags?: string[];
  security?: Record<string, string[]>[];
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: object }> };
  responses: Record<string, Response>;
}
interface Document {
  openapi: string;
  info: { title: string; version: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object>; securitySchemes: Record<string, { type: string }> };
}

/** Posted so that no URL tells of a person; nothing is changed. */
const asking = ['POST /patients/search', 'POST /patients/match'];

let system: System;
let anyone: Client;
const documents = new Map<string, Document>();

beforeAll(async () => {
  system = await startSystem();
  anyone = new Client(system.url, undefined);
  for (const { name, prefix } of services) {
    const { body } = await anyone.get<Document>(`${prefix}/openapi.json`);
    documents.set(name, body);
  }
});
afterAll(() => system.stop());

function documentOf(service: string): Document {
  const document = documents.get(service);
  if (!document) throw new Error(`${service} serves no document`);
  return document;
}

function operations(service: string): [name: string, operation: Operation][] {
  return Object.entries(documentOf(service).paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [
      `${method.toUpperCase()} ${path}`,
      operation,
    ]),
  );
}

/** Every object within a value. */
function objectsIn(value: unknown): Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = Array.isArray(value) ? [] : [value as Record<string, unknown>];
  return [...own, ...Object.values(value).flatMap(objectsIn)];
}

describe.each(services)('the OpenAPI document of the $name service', ({ name: service, prefix }) => {
  it('is one of version 3.1, with a name', () => {
    const { openapi, info } = documentOf(service);
    expect(openapi).toMatch(/^3\.1\.\d+$/);
    expect(info).toMatchObject({ title: expect.stringMatching(/\S/), version: expect.stringMatching(/\S/) });
  });

  it('points only at what it holds', () => {
    const { components } = documentOf(service);
    const references = objectsIn(documentOf(service)).flatMap(({ $ref }) =>
      typeof $ref === 'string' ? [$ref] : [],
    );
    const missing = references.filter((reference) => {
      const name = /^#\/components\/schemas\/(.+)$/.exec(reference)?.[1];
      return name === undefined || !(name in components.schemas);
    });
    expect(missing).toEqual([]);
    expect(references).not.toEqual([]);
  });

  it('uses no word of version 3.0 that 3.1 has dropped', () => {
    const dropped = objectsIn(documentOf(service)).filter(
      (object) => typeof object.nullable === 'boolean' || typeof object.exclusiveMinimum === 'boolean',
    );
    expect(dropped).toEqual([]);
  });

  it('describes every operation in full', () => {
    const names = operations(service).map(([, { operationId }]) => operationId);
    expect(new Set(names).size).toBe(names.length);
    for (const [name, operation] of operations(service)) {
      expect([name, operation.summary, operation.tags]).toEqual([
        name,
        expect.stringMatching(/\S/),
        [expect.stringMatching(/\S/)],
      ]);
      expect([name, Object.keys(operation.responses)]).toEqual([
        name,
        expect.arrayContaining([expect.stringMatching(/^20[0-4]$/)]),
      ]);
      for (const response of Object.values(operation.responses)) expect(response.description).toBeDefined();
    }
  });

  it('names the parameters of every path, and gives each parameter a schema', () => {
    for (const [name, { parameters = [] }] of operations(service)) {
      const inPath = parameters.filter((parameter) => parameter.in === 'path');
      const named = [...name.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter);
      expect([name, inPath.map((parameter) => parameter.name)]).toEqual([name, named]);
      for (const { required } of inPath) expect(required).toBe(true);
      for (const parameter of parameters)
        expect([name, parameter]).toEqual([name, expect.objectContaining({ schema: expect.anything() })]);
    }
  });

  it('says what goes into each change and what comes of it', () => {
    for (const [name, { requestBody, responses, parameters = [] }] of operations(service)) {
      const method = name.split(' ')[0] ?? '';
      expect([name, requestBody !== undefined]).toEqual([name, ['POST', 'PUT', 'PATCH'].includes(method)]);
      const headers = parameters
        .filter((parameter) => parameter.in === 'header' && parameter.name !== 'X-Purpose-Of-Use')
        .map((header) => header.name);
      const changes = { POST: ['Idempotency-Key'], PUT: ['If-Match'], PATCH: ['If-Match'] }[method] ?? [];
      const wanted = asking.includes(name) ? [] : changes;
      expect([name, headers]).toEqual([name, wanted]);
      if (method === 'PATCH')
        expect(Object.keys(requestBody?.content ?? {}).sort()).toEqual([
          'application/json',
          'application/merge-patch+json',
        ]);
      for (const [status, { content }] of Object.entries(responses))
        if (Number(status) >= 400 && Number(status) !== 503)
          expect([name, status, Object.keys(content ?? {})]).toEqual([
            name,
            status,
            ['application/problem+json'],
          ]);
    }
  });

  it('leads from what was created to everything below it, by links to operations and parameters that exist', () => {
    const byId = new Map(operations(service).map(([, operation]) => [operation.operationId, operation]));
    for (const [name, { responses }] of operations(service)) {
      if (!responses[201]) continue;
      const { headers = {}, links = {} } = responses[201];
      expect([name, Object.keys(headers).sort()]).toEqual([name, ['ETag', 'Location']]);
      for (const { operationId, parameters: given = {} } of Object.values(links)) {
        const { parameters = [] } = byId.get(operationId) ?? {};
        expect(parameters.map((parameter) => parameter.name)).toEqual(
          expect.arrayContaining(Object.keys(given)),
        );
      }
      const below = operations(service).filter(([other]) => other.includes(` ${name.slice(5)}/{id}`));
      expect(Object.values(links).map(({ operationId }) => operationId)).toEqual(
        expect.arrayContaining(below.map(([, { operationId }]) => operationId)),
      );
    }
  });

  it('asks for a token by schemes that it holds, everywhere but for health', () => {
    const { securitySchemes } = documentOf(service).components;
    for (const [name, { security = [] }] of operations(service)) {
      expect([name, security.length > 0]).toEqual([name, !name.includes('/health/')]);
      for (const scheme of security.flatMap((alternative) => Object.keys(alternative)))
        expect(securitySchemes).toHaveProperty(scheme);
    }
  });

  it('documents every route, and every operation answers', async () => {
    const routes = routesOf(system.apps[service]).filter((route) => !isDocumentation(route));
    const documented = operationsOf(documentOf(service));
    expect(documented.sort()).toEqual(routes.sort());
    const express = system.apps[service].getHttpAdapter().getInstance() as Express;
    const whole = jest.spyOn(express.router as unknown as { handle: RequestHandler }, 'handle');
    for (const operation of documented) {
      const [method = '', path = ''] = operation.split(' ');
      const { status } = await anyone.send(
        method,
        path.replace('{id}', '01935a3e-5b7c-7abc-8def-0123456789ab'),
      );
      expect([operation, status]).toEqual([operation, path.includes('/health/') ? 200 : 401]);
    }
    // A request goes straight to each.
    expect(whole).not.toHaveBeenCalled();
    whole.mockRestore();
  });

  it('is shown by a page whose every part loads under its content security policy', async () => {
    const path = `${prefix}/docs`;
    const page = await anyone.get<string>(path);
    expect([page.status, page.headers.get('content-type')]).toEqual([
      200,
      expect.stringContaining('text/html'),
    ]);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain(`connect-src 'self' ${system.issuer.url}`);
    const inlineScripts = [...page.body.matchAll(/<script(?![^>]*\bsrc=)[^>]*>\s*\S/g)];
    expect(inlineScripts).toEqual([]);
    const parts = [...page.body.matchAll(/<(?:script|link|img)\b[^>]*\b(?:src|href)="([^"]+)"/g)].map(
      ([, address = '']) => new URL(address, `${system.url}${path}`),
    );
    expect(parts.length).toBeGreaterThan(3);
    for (const part of parts) {
      expect(part.origin).toBe(new URL(system.url).origin);
      const { status, headers } = await fetch(part);
      const type = part.pathname.endsWith('.css')
        ? 'css'
        : part.pathname.endsWith('.js')
          ? 'javascript'
          : 'image/';
      expect([part.pathname, status, headers.get('content-type')]).toEqual([
        part.pathname,
        200,
        expect.stringContaining(type),
      ]);
      // Once: files have headers of their own.
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  it('keeps no token in the browser, which somebody else may use next', async () => {
    const { body } = await anyone.get<string>(`${prefix}/docs/swagger-ui-init.js`);
    expect(body).toContain('swaggerOptions');
    expect(body).not.toMatch(/persistAuthorization"?:\s*true/);
  });

  it('comes back from the sign-in to where the page looks for it', async () => {
    const back = await fetch(`${system.url}${prefix}/oauth2-redirect.html?code=c&state=s`, {
      redirect: 'manual',
    });
    expect([back.status, back.headers.get('location')]).toEqual([
      302,
      `${prefix}/docs/oauth2-redirect.html?code=c&state=s`,
    ]);
  });
});
