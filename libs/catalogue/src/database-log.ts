/**
 * What keeps people's data out of the database's log, which quotes statements and, in errors, the values of rows. A
 * statement's error is told by the service that ran it, by class and place; the log tells of the server alone. On the laptop
 * and in the cloud alike.
 */
export const logParameters = [
  // In the order of this parameter `log` comes after `error`: the errors of statements stay out, FATAL stays in.
  { name: 'log_min_messages', value: 'log' },
  { name: 'log_min_error_statement', value: 'panic' },
  { name: 'log_error_verbosity', value: 'terse' },
  { name: 'log_statement', value: 'none' },
  { name: 'log_min_duration_statement', value: '-1' },
  { name: 'log_parameter_max_length', value: '0' },
  { name: 'log_parameter_max_length_on_error', value: '0' },
];
