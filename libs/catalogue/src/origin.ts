export function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
}

/** Whether it is an origin exactly as a browser sends it, since it is compared as text; plain HTTP on this machine alone. */
export function isPageOrigin(text: string): boolean {
  const url = URL.parse(text);
  if (url?.origin !== text || text.includes('*')) return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));
}
