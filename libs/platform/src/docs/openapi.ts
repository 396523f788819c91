import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { Config } from '../config/config.ts';
import { completeDocument } from './complete-document.ts';

/** Serves `<prefix>/docs` and `<prefix>/openapi.json`; the document is built when first asked for. */
export function serveDocs(app: INestApplication, config: Config, title: string): void {
  const { prefix } = config.service;
  const { issuer, docsClientId } = config.oidc;
  SwaggerModule.setup(`${prefix}/docs`.slice(1), app, () => createDocument(app, config, title), {
    jsonDocumentUrl: `${prefix}/openapi.json`.slice(1),
    raw: ['json'],
    customSiteTitle: title,
    swaggerOptions: {
      persistAuthorization: true,
      ...(docsClientId !== undefined && {
        initOAuth: { clientId: docsClientId, usePkceWithAuthorizationCodeGrant: true },
      }),
    },
  });
  function createDocument(application: INestApplication, { service }: Config, name: string): OpenAPIObject {
    const document = new DocumentBuilder()
      .setOpenAPIVersion('3.1.0')
      .setTitle(name)
      .setVersion('1')
      .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
      .addTag(service.name)
      .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }, 'bearer')
      .addSecurity('oidc', {
        type: 'openIdConnect',
        openIdConnectUrl: `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
      })
      .build();
    return completeDocument(SwaggerModule.createDocument(application, document));
  }
}
