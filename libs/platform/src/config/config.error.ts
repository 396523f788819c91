/** A wrong or missing environment; the message names every key, never a value. */
export class ConfigError extends Error {}
