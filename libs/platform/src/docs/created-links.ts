import type { OpenAPIObject } from '@nestjs/swagger';

type Paths = OpenAPIObject['paths'];
type Operation = NonNullable<Paths[string]['get']>;
type Parameter = Exclude<NonNullable<Operation['parameters']>[number], { $ref: string }>;
type Response = Exclude<NonNullable<Operation['responses']['default']>, { $ref: string }>;
type Links = NonNullable<Response['links']>;

const methods = ['get', 'put', 'patch', 'post', 'delete'] as const;
const id = '$response.body#/id';

/**
 * Says of every 201 where its answer leads: the headers that it carries, and links (OpenAPI 3.1, 4.8.20) to what can be
 * done below the created resource and to what can be asked about it by a query parameter named after it.
 */
export function linkWhatIsCreated(paths: Paths): void {
  for (const [collection, { post }] of Object.entries(paths)) {
    const created = post?.responses[201];
    if (!created || '$ref' in created) continue;
    created.headers = {
      Location: { description: 'Where it answers GET.', schema: { type: 'string' } },
      ETag: { description: 'Its version, for If-Match.', schema: { type: 'string' } },
    };
    created.links = { ...linksTo(paths, collection), ...created.links };
  }
}

function linksTo(paths: Paths, collection: string): Links {
  const below = `${collection}/{id}`;
  const noun = /(\w+)s$/.exec(collection)?.[1] ?? '';
  const links: Links = {};
  for (const [path, operations] of Object.entries(paths))
    for (const method of methods) {
      const { operationId, parameters = [] } = operations[method] ?? {};
      if (operationId === undefined) continue;
      const isBelow = path === below || path.startsWith(`${below}/`);
      const known = parameters.flatMap((parameter) =>
        '$ref' in parameter ? [] : bindingOf(parameter, isBelow, noun),
      );
      if (known.some(([, value]) => value === id))
        links[operationId] = { operationId, parameters: Object.fromEntries(known) };
    }
  return links;
}

/** The value that an answer has for a parameter: none or one. */
function bindingOf({ name, in: place }: Parameter, isBelow: boolean, noun: string): [string, string][] {
  if (place === 'path') return isBelow ? [[name, id]] : [];
  if (place === 'query') return name === `${noun}Id` ? [[name, id]] : [];
  return name === 'If-Match' ? [[name, '$response.header.ETag']] : [];
}
