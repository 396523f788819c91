/** Lines over categories, such as callers or sizes; a value is drawn from zero. */
export interface Plot {
  title: string;
  /** What the categories are. */
  across: string;
  categories: readonly string[];
  /** What the values are in. */
  unit: string;
  series: readonly { name: string; values: readonly number[] }[];
}

const [width, height] = [720, 320];
const frame = { left: 70, right: 190, top: 46, bottom: 48 };
const colours = ['#0b7285', '#e8590c', '#6741d9', '#2b8a3e', '#c2255c', '#5c940d', '#868e96'];
const grey = '#868e96';

/** An SVG that reads on light and dark pages alike. */
export function plot({ title, across, categories, unit, series }: Plot): string {
  const most = niceAbove(Math.max(...series.flatMap(({ values }) => values)));
  const inner = { width: width - frame.left - frame.right, height: height - frame.top - frame.bottom };
  const x = (index: number) => frame.left + (inner.width * (index + 0.5)) / categories.length;
  const y = (value: number) => frame.top + inner.height * (1 - value / most);
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) => share * most);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13" fill="${grey}">`,
    text(frame.left, 22, `${title} (${unit})`, 'font-size="15"'),
    ...ticks.map(
      (tick) =>
        `<path d="M${frame.left} ${y(tick).toFixed(1)}h${inner.width}" stroke="${grey}" stroke-opacity="0.35"/>` +
        text(frame.left - 8, y(tick) + 4, String(Number(tick.toPrecision(3))), 'text-anchor="end"'),
    ),
    ...categories.map((category, index) => text(x(index), height - 28, category, 'text-anchor="middle"')),
    text(frame.left + inner.width / 2, height - 8, across, 'text-anchor="middle"'),
    ...series.map(({ name, values }, index) => {
      const colour = colours[index % colours.length] ?? grey;
      const points = values.map((value, at) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`);
      const dots = points.map((point) => {
        const [cx, cy] = point.split(',');
        return `<circle cx="${cx ?? ''}" cy="${cy ?? ''}" r="3.5" fill="${colour}"/>`;
      });
      const label = text(width - frame.right + 12, frame.top + 12 + 22 * index, name, `fill="${colour}"`);
      return `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>${dots.join('')}${label}`;
    }),
    '</svg>\n',
  ].join('\n');
}

function text(x: number, y: number, content: string, attributes: string): string {
  const safe = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${safe}</text>`;
}

/** The next of 1, 2 or 5 times a power of ten. */
function niceAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5, 10].find((step) => step * power >= value) ?? 10) * power;
}
