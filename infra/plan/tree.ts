import type { Registered } from '../testing/stack.ts';

/** Resources by type and name, each below the component that it belongs to, with counts at the end. */
export function treeOf(stack: string, resources: readonly Registered[]): string {
  const below = (parent: string, depth: number): string[] =>
    resources
      .filter((resource) => resource.parent === parent)
      .map((resource) => ({ ...resource, label: `${shortType(resource.type)} ${resource.name}` }))
      .sort((a, b) => (a.label < b.label ? -1 : 1))
      .flatMap(({ label, urn }) => [`${'  '.repeat(depth)}${label}`, ...below(urn, depth + 1)]);
  return [stack, ...below('', 1), `${stack}: ${counts(resources)}`].join('\n') + '\n';
}

/** `aws:lb/listenerRule:ListenerRule` is `aws:lb:ListenerRule`: what the program says. */
function shortType(type: string): string {
  return type.replace(/\/[^:]*/, '');
}

function counts(resources: readonly Registered[]): string {
  const byPackage = new Map<string, number>();
  for (const { type } of resources) {
    const [name = ''] = type.split(':');
    byPackage.set(name, (byPackage.get(name) ?? 0) + 1);
  }
  const parts = [...byPackage]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, count]) => `${count} ${name}`);
  return `${resources.length} resources (${parts.join(', ')})`;
}
