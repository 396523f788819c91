import type { INestApplication } from '@nestjs/common';
import { PATH_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import { accessKey } from './access.decorator.ts';

/**
 * Everything is closed by default: a route whose handler states no access rule stops the start.
 * @throws Error naming each such handler
 */
export function requireAccessRules(app: INestApplication): void {
  const scanner = new MetadataScanner();
  const unruled = [...app.get(ModulesContainer).values()]
    .flatMap((module) => [...module.controllers.values()])
    .flatMap(({ metatype }) => {
      const controller = metatype as { name: string; prototype: object };
      return scanner
        .getAllMethodNames(controller.prototype)
        .filter((name) => {
          const handler = Reflect.get(controller.prototype, name) as object;
          return Reflect.hasMetadata(PATH_METADATA, handler) && !Reflect.hasMetadata(accessKey, handler);
        })
        .map((name) => `${controller.name}.${name}`);
    });
  if (unruled.length > 0) throw new Error(`routes without @Access or @Open: ${unruled.join(', ')}`);
}
