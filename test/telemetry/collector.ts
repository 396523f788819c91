import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

type Value =
  { stringValue: string } | { intValue: number } | { doubleValue: number } | { boolValue: boolean };
type Attributes = Record<string, string | number | boolean>;

interface Told {
  attributes?: { key: string; value: Value }[];
}

/** A span as it came, https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto */
interface SpanMessage extends Told {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  traceState?: string;
  name: string;
  kind: number;
  links?: { traceId: string; spanId: string }[];
  events?: object[];
  status?: { code?: number; message?: string };
}

interface Point extends Told {
  asInt?: number | string;
  asDouble?: number;
  count?: number | string;
  sum?: number;
}

interface Metric {
  name: string;
  unit: string;
  gauge?: { dataPoints: Point[] };
  sum?: { dataPoints: Point[] };
  histogram?: { dataPoints: Point[] };
}

interface Resource {
  resource: Told;
}

interface Body {
  resourceSpans?: (Resource & { scopeSpans: { spans: SpanMessage[] }[] })[];
  resourceMetrics?: (Resource & { scopeMetrics: { metrics: Metric[] }[] })[];
}

export type Span = Omit<SpanMessage, 'attributes'> & { service: string; attributes: Attributes };

export interface Measure {
  service: string;
  name: string;
  unit: string;
  attributes: Attributes;
  /** Of a histogram, how many were measured. */
  value: number;
}

/** Takes what services tell by OTLP over HTTP, as JSON. */
export class Collector {
  readonly spans: Span[] = [];
  readonly measures: Measure[] = [];
  /** All that was told, as it came. */
  readonly bodies: string[] = [];
  connections = 0;
  readonly #server = createServer((request, response) => {
    void textOf(request).then((text) => {
      this.#take(text);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });

  static async start(): Promise<Collector> {
    const collector = new Collector();
    collector.#server.on('connection', () => (collector.connections += 1));
    collector.#server.listen(0, '127.0.0.1');
    await once(collector.#server, 'listening');
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** The spans of a trace, once `complete` says that what was waited for is among them. */
  async trace(traceId: string, complete: (spans: readonly Span[]) => boolean): Promise<Span[]> {
    const ofTrace = () => this.spans.filter((span) => span.traceId === traceId);
    await until(
      () => complete(ofTrace()),
      () => ofTrace().map(({ name }) => name),
    );
    return ofTrace();
  }

  /** The last of what was measured under this name of a service, once there is one that `fits`. */
  async measure(
    service: string,
    name: string,
    fits: (measure: Measure) => boolean = () => true,
  ): Promise<Measure> {
    const found = () =>
      this.measures.findLast((each) => each.service === service && each.name === name && fits(each));
    await until(
      () => found() !== undefined,
      () => this.measures.filter((each) => each.name === name),
    );
    const measure = found();
    if (!measure) throw new Error(`${name} was not measured`);
    return measure;
  }

  #take(text: string): void {
    this.bodies.push(text);
    const { resourceSpans = [], resourceMetrics = [] } = JSON.parse(text) as Body;
    for (const { resource, scopeSpans } of resourceSpans)
      for (const { spans } of scopeSpans)
        for (const span of spans)
          this.spans.push({ ...span, service: serviceOf(resource), attributes: attributesOf(span) });
    for (const { resource, scopeMetrics } of resourceMetrics)
      for (const metric of scopeMetrics.flatMap(({ metrics }) => metrics))
        for (const point of (metric.gauge ?? metric.sum ?? metric.histogram)?.dataPoints ?? [])
          this.measures.push({
            service: serviceOf(resource),
            name: metric.name,
            unit: metric.unit,
            attributes: attributesOf(point),
            value: Number(point.count ?? point.asInt ?? point.asDouble),
          });
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  request.setEncoding('utf8');
  for await (const chunk of request) text += chunk as string;
  return text;
}

function attributesOf({ attributes = [] }: Told): Attributes {
  const value = (told: Value) => Object.values(told)[0] as string | number | boolean;
  return Object.fromEntries(attributes.map(({ key, value: told }) => [key, value(told)]));
}

function serviceOf(resource: Told): string {
  return String(attributesOf(resource)['service.name']);
}

/** Waits until it holds; what was seen instead is in the error. */
export async function until(holds: () => boolean, seen: () => unknown): Promise<void> {
  for (let waited = 0; !holds(); waited += 25) {
    if (waited > 20_000) throw new Error(`waited in vain; seen: ${JSON.stringify(seen())}`);
    await sleep(25);
  }
}
