import { propagation, type TextMapPropagator } from '@opentelemetry/api';

const field = 'traceparent';

/**
 * What is kept of a trace beside a job: its ids and flags. What callers and vendors add to it (`tracestate`, `baggage`)
 * may be anything, and stays out of the table of jobs.
 */
export const traceIdsAlone: TextMapPropagator = {
  inject(context, carrier, setter) {
    propagation.inject(context, carrier, {
      set(to, key, value) {
        if (key === field) setter.set(to, key, value);
      },
    });
  },
  extract: (context, carrier, getter) => propagation.extract(context, carrier, getter),
  fields: () => [field],
};
