/** A bill of materials as `npm sbom` writes it (CycloneDX 1.5). */
export interface Bill {
  readonly bomFormat: string;
  readonly metadata: { readonly component: { readonly name: string } };
  readonly components: readonly {
    readonly 'bom-ref': string;
    readonly name: string;
    readonly version: string;
  }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}

/**
 * What is in the images, of a bill of everything. (`npm sbom --omit dev` leaves out what a development dependency needs
 * too, such as pg.)
 */
export function productionBill(
  bill: Bill,
  production: readonly { readonly name: string; readonly version: string }[],
): Bill {
  const root = bill.dependencies[0]?.ref ?? '';
  const kept = new Set([root, ...production.map(({ name, version }) => `${name}@${version}`)]);
  return {
    ...bill,
    // npm names the root after the folder that it is in.
    metadata: { ...bill.metadata, component: { ...bill.metadata.component, name: root.replace(/@.*/, '') } },
    components: bill.components.filter((component) => kept.has(component['bom-ref'])),
    dependencies: bill.dependencies
      .filter(({ ref }) => kept.has(ref))
      .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((other) => kept.has(other)) })),
  };
}
