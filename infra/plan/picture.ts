import type { Facts } from './facts.ts';

export interface Palette {
  readonly page: string;
  readonly box: string;
  readonly line: string;
  readonly text: string;
  readonly quiet: string;
  readonly accent: string;
}

export const palettes = {
  light: {
    page: '#ffffff',
    box: '#f3f6fa',
    line: '#8494a8',
    text: '#16202c',
    quiet: '#506072',
    accent: '#0b62c4',
  },
  dark: {
    page: '#0d1117',
    box: '#18202b',
    line: '#5d6d81',
    text: '#e8eef5',
    quiet: '#a3b1c2',
    accent: '#6cb1ff',
  },
} as const satisfies Record<string, Palette>;

/** Left edge, top edge, width, height. */
type Frame = readonly [number, number, number, number];

const serviceWidth = 370;
const gap = 30;
const left = 70;

/** The way of a request from the internet to the database, of the first stack, with what other stacks have differently. */
export function pictureOf(stacks: readonly [Facts, ...Facts[]], palette: Palette): string {
  const [facts] = stacks;
  const each = (of: (stack: Facts) => string): string =>
    stacks.map((stack) => `${stack.stack}: ${of(stack)}`).join(' · ');
  const { box, arrow, tier } = pen(palette);
  const inner = facts.services.length * (serviceWidth + gap) - gap;
  const natX = left + inner + gap;
  const width = natX + 270 + left;
  const middle = left + inner / 2;
  const columns = facts.services.map((service, index) => {
    const x = left + index * (serviceWidth + gap);
    const centre = x + serviceWidth / 2;
    return [
      arrow([middle, 282], [centre, 312]),
      box([x, 314, serviceWidth, 68], service.paths, [
        `rule ${service.priority} · health ${service.healthPath}`,
      ]),
      arrow([centre, 384], [centre, 434]),
      box([x, 436, serviceWidth, 88], service.name, [
        `port ${service.port} · image ${service.repository}`,
        `tasks ${each((stack) => stack.services[index]?.tasks ?? 'none')}`,
      ]),
      arrow([centre, 526], [centre, 606]),
    ].join('\n');
  });
  const title = 'The clinic in an AWS account';
  const description =
    `Requests from the internet reach the load balancer on port 80. Rules hand them to ` +
    `${facts.services.map(({ name, paths, port }) => `${name} (${paths}, port ${port})`).join(' and ')} ` +
    `in private subnets; these use Aurora in isolated subnets and reach AWS and the token issuer by NAT.`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} 740" role="img" aria-labelledby="title desc" font-family="system-ui, 'DejaVu Sans', sans-serif" font-size="13">
<title id="title">${escaped(title)}</title>
<desc id="desc">${escaped(description)}</desc>
<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z" fill="${palette.accent}"/></marker></defs>
<rect width="${width}" height="740" fill="${palette.page}"/>
${box([middle - 110, 20, 220, 44], 'Internet', [])}
${arrow([middle, 66], [middle, 208])}
${tier([20, 98, width - 40, 622], `VPC ${facts.cidr} · zones ${each(({ zones }) => zones)}`)}
${tier([40, 140, width - 80, 256], 'Public subnets')}
${box([middle - 170, 210, 340, 70], 'Application Load Balancer :80', ['any other path: 404'])}
${columns.join('\n')}
${tier([40, 408, width - 80, 132], 'Private subnets')}
${box([natX, 210, 270, 70], 'NAT gateways', [each(({ natGateways }) => natGateways)])}
${arrow([natX + 135, 208], [natX + 135, 66])}
${box([natX, 20, 270, 44], 'ECR, logs, secrets, token issuer', [])}
${arrow([natX - gap, 480], [natX + 135, 480], [natX + 135, 282])}
${tier([40, 552, width - 80, 154], 'Isolated subnets')}
${box([left, 608, inner, 84], `${facts.engine} · Serverless v2`, [
  each(({ acu, instances }) => `${acu}, ${instances} instance${instances === 1 ? '' : 's'}`),
  'TLS forced · services sign in by IAM · port 5432 from their groups only',
])}
</svg>
`;
}

function pen({ box: fill, line, text, quiet, accent }: Palette): {
  box: (frame: Frame, heading: string, lines: readonly string[]) => string;
  tier: (frame: Frame, label: string) => string;
  arrow: (...points: readonly (readonly [number, number])[]) => string;
} {
  return {
    box: ([x, y, width, height], heading, lines) => {
      const top = y + (height - (lines.length + 1) * 20) / 2 + 15;
      const centred = (words: string, row: number): string =>
        `<text x="${x + width / 2}" y="${top + row * 20}" text-anchor="middle" ${row === 0 ? `font-weight="600" fill="${text}"` : `font-size="12" fill="${quiet}"`}>${escaped(words)}</text>`;
      return [
        `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="8" fill="${fill}" stroke="${line}"/>`,
        ...[heading, ...lines].map(centred),
      ].join('\n');
    },
    tier: ([x, y, width, height], label) =>
      `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="10" fill="none" stroke="${line}" stroke-dasharray="5 4"/>\n` +
      `<text x="${x + 14}" y="${y + 19}" fill="${quiet}">${escaped(label)}</text>`,
    arrow: (...points) =>
      `<polyline points="${points.map((point) => point.join(',')).join(' ')}" fill="none" stroke="${accent}" stroke-width="1.5" marker-end="url(#tip)"/>`,
  };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
