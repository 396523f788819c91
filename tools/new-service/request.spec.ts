import { describe, expect, it } from '@jest/globals';
import type { Service } from '#catalogue';
import { requestedService, ServiceRefused, type ServiceRequest } from './request.ts';

const ward: Service = {
  name: 'ward',
  port: 4000,
  prefix: '/wards',
  needs: [],
  scopes: { 'beds.read': 'Read beds' },
};

function faults(request: ServiceRequest): readonly string[] {
  try {
    requestedService(request, [ward]);
    return [];
  } catch (error) {
    if (error instanceof ServiceRefused) return error.faults;
    throw error;
  }
}

describe('a service that is asked for', () => {
  it('has the next port, a prefix and scopes by its name', () => {
    expect(requestedService({ name: 'billing' }, [ward])).toEqual({
      name: 'billing',
      port: 4001,
      prefix: '/billing',
      needs: ['database'],
      scopes: { 'billing.read': 'Read billing', 'billing.write': 'Change billing' },
    });
  });

  it('has the port and prefix it is given', () => {
    const request = { name: 'billing', port: '3002', prefix: '/bills' };
    expect(requestedService(request, [ward])).toMatchObject({ port: 3002, prefix: '/bills' });
  });

  it.each<[string, ServiceRequest, string]>([
    ['its name is none', { name: 'Billing' }, 'Billing: not a service name'],
    ['its name climbs out of its folder', { name: '../x', prefix: '/x' }, '../x: not a service name'],
    ['its name is too long', { name: 'a'.repeat(25) }, `${'a'.repeat(25)}: not a service name`],
    ['there is one of its name', { name: 'ward' }, 'there is a service ward'],
    ['its name is that of something else', { name: 'jobs' }, 'jobs: the name is that of the schema'],
    ['its port is no number', { name: 'billing', port: '3k' }, "--port takes a number, not '3k'"],
    ['its port is privileged', { name: 'billing', port: '80' }, 'billing: port 80 is outside 1024-65535'],
    ['its port is taken', { name: 'billing', port: '4000' }, 'port 4000 is that of the service ward'],
    ['its port is the gateway’s', { name: 'billing', port: '8080' }, 'port 8080 is that of the gateway'],
    [
      'its rule would have another’s priority',
      { name: 'billing', port: '54000' },
      'port 54000 would give its listener rule the priority of the service ward',
    ],
    ['its prefix is none', { name: 'billing', prefix: 'bills' }, 'billing: prefix bills is not one path'],
    [
      'its prefix is taken',
      { name: 'billing', prefix: '/wards' },
      'prefix /wards is that of the service ward',
    ],
    ['its scopes are taken', { name: 'beds' }, 'scope beds.read is one of the service ward'],
  ])('is refused when %s', (_, request, fault) => {
    expect(faults(request)).toEqual(expect.arrayContaining([expect.stringContaining(fault)]));
  });

  it('is told all that is wrong with it at once', () => {
    expect(faults({ name: 'Ward', port: '4000', prefix: '/wards' })).toHaveLength(3 + 2);
  });
});
