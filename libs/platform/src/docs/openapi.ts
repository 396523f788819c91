import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Config } from '../config/config.ts';
import { completeDocument } from './complete-document.ts';

/** Serves `<prefix>/docs` and `<prefix>/openapi.json`; the document is built when first asked for. */
export function serveDocs(app: NestExpressApplication, config: Config, title: string): void {
  const { prefix } = config.service;
  const { docsClientId } = config.oidc;
  SwaggerModule.setup(`${prefix}/docs`.slice(1), app, () => createDocument(app, config, title), {
    jsonDocumentUrl: `${prefix}/openapi.json`.slice(1),
    raw: ['json'],
    customSiteTitle: title,
    swaggerOptions: {
      requestInterceptor: withoutRequestedWith,
      ...(docsClientId !== undefined && {
        initOAuth: { clientId: docsClientId, usePkceWithAuthorizationCodeGrant: true },
      }),
    },
  });
  returnFromSignIn(app, prefix);
}

/** Runs in the browser. The page adds a header to its token request that an issuer need not allow other origins. */
function withoutRequestedWith(request: { headers: Record<string, string> }): object {
  delete request.headers['X-Requested-With'];
  return request;
}

/** The page has no slash at its end, so it looks one level too high for what the issuer sends the browser back to. */
function returnFromSignIn(app: NestExpressApplication, prefix: string): void {
  const page = 'oauth2-redirect.html';
  const express = app.getHttpAdapter().getInstance();
  express.get(`${prefix}/${page}`, ({ url }, response) => {
    response.redirect(url.replace(`/${page}`, `/docs/${page}`));
  });
}

function createDocument(app: INestApplication, { service, oidc }: Config, title: string): OpenAPIObject {
  const document = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(title)
    .setVersion('1')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addTag(service.name)
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }, 'bearer')
    .addSecurity('oidc', {
      type: 'openIdConnect',
      openIdConnectUrl: `${oidc.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
    })
    .build();
  return completeDocument(SwaggerModule.createDocument(app, document));
}
