import type { Express } from 'express';
import type { INestApplication } from '@nestjs/common';

interface Layer {
  route?: { path: string; methods: Record<string, boolean> };
}

/** Every route an application has, as Express keeps them: `GET /patients/{id}`. */
export function routesOf(app: INestApplication): string[] {
  const express = app.getHttpAdapter().getInstance() as Express;
  const layers = (express.router as unknown as { stack: Layer[] }).stack;
  return layers
    .flatMap(({ route }) =>
      route && !route.path.includes('*')
        ? Object.keys(route.methods).map((method) => [method, route.path])
        : [],
    )
    .map(([method = '', path = '']) => `${method.toUpperCase()} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
}

/** Every operation of an OpenAPI document, in the same words. */
export function operationsOf(document: { paths: Record<string, object> }): string[] {
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  );
}

/** What is served beside the operations: the documentation itself. */
export function isDocumentation(route: string): boolean {
  return /^GET \/[a-z0-9-]+\/(openapi\.json|oauth2-redirect\.html|docs(\/.*)?)$/.test(route);
}
