export type Kind = 'object' | 'array' | 'string' | 'integer' | 'boolean' | 'null';

/** A JSON schema, as far as the services' documents use it; pointers are resolved by `schemaIn`. */
export interface Schema {
  $ref?: string;
  allOf?: Schema[];
  anyOf?: Schema[];
  type?: Kind | Kind[];
  format?: string;
  enum?: unknown[];
  example?: unknown;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  items?: Schema;
  maxItems?: number;
  uniqueItems?: boolean;
  properties?: Record<string, Schema>;
  required?: string[];
}

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  schema: Schema;
}

interface Described {
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { content?: Record<string, unknown> }>;
  security?: object[];
}

export interface Document {
  paths: Record<string, Record<string, Described>>;
  components: { schemas: Record<string, Schema> };
}

/** What a client can call, as the document tells it. */
export interface Operation {
  /** `POST /patients` */
  name: string;
  method: string;
  path: string;
  parameters: Parameter[];
  body: Schema | undefined;
  contentTypes: string[];
  /** By status the content types of the answers. */
  answers: Record<string, string[]>;
  isOpen: boolean;
}

export function operationsIn(document: Document): Operation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody, responses, security = [] }]) => {
      const content = requestBody?.content ?? {};
      const [body] = Object.values(content);
      return {
        name: `${method.toUpperCase()} ${path}`,
        method: method.toUpperCase(),
        path,
        parameters: parameters.map((parameter) => ({
          ...parameter,
          schema: resolved(document, parameter.schema),
        })),
        body: body && resolved(document, body.schema),
        contentTypes: Object.keys(content),
        answers: Object.fromEntries(
          Object.entries(responses).map(([status, answer]) => [status, Object.keys(answer.content ?? {})]),
        ),
        isOpen: security.length === 0,
      };
    }),
  );
}

/** The kinds of value that a schema allows; text where it does not say. */
export function kindsOf({ type = 'string' }: Schema): readonly [Kind, ...Kind[]] {
  const [first = 'string', ...others] = [type].flat();
  return [first, ...others];
}

/** A schema with everything it points to in its place. */
function resolved(document: Document, { $ref, allOf = [], ...schema }: Schema): Schema {
  const within = (part: Schema) => resolved(document, part);
  const named = $ref === undefined ? undefined : document.components.schemas[$ref.split('/').at(-1) ?? ''];
  if ($ref !== undefined && !named) throw new Error(`${$ref} is not in the document`);
  const parts = [...(named ? [named] : []), ...allOf].map(within);
  const whole = [...parts, schema].reduce<Schema>((merged, part) => ({ ...merged, ...part }), {});
  return {
    ...whole,
    ...(whole.items && { items: within(whole.items) }),
    ...(whole.properties && {
      properties: Object.fromEntries(
        Object.entries(whole.properties).map(([name, property]) => [name, within(property)]),
      ),
    }),
  };
}
