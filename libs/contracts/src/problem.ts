/**
 * Every refusal a client can meet, by its stable `code` (RFC 9457 problem details). The code alone decides status
 * and title, here and nowhere else.
 */
export const problems = {
  validation_failed: { status: 400, title: 'The request is not valid' },
  malformed_json: { status: 400, title: 'The body is not JSON' },
  malformed_request: { status: 400, title: 'The request is not HTTP as it should be' },
  range_too_long: { status: 400, title: 'The time range is too long' },
  unauthorized: { status: 401, title: 'A valid access token is needed' },
  insufficient_scope: { status: 403, title: 'The access token lacks a scope' },
  forbidden: { status: 403, title: 'Not allowed for this caller' },
  not_found: { status: 404, title: 'Not found' },
  method_not_allowed: { status: 405, title: 'Method not allowed' },
  request_timeout: { status: 408, title: 'The request took too long to arrive' },
  transition_not_allowed: { status: 409, title: 'The status cannot change this way' },
  slot_taken: { status: 409, title: 'The time is taken' },
  possible_duplicate: { status: 409, title: 'The patient is almost certainly registered already' },
  hold_expired: { status: 409, title: 'The time is no longer held' },
  precondition_failed: { status: 412, title: 'The representation has changed' },
  payload_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The content type is not supported' },
  idempotency_key_reused: { status: 422, title: 'The idempotency key was used for another request' },
  not_bookable: { status: 422, title: 'The time is not offered' },
  hold_mismatch: { status: 422, title: 'The booking is not what was held' },
  patient_unknown: { status: 422, title: 'No such patient is registered' },
  patient_merged: { status: 422, title: 'The record was merged into another' },
  merge_self: { status: 422, title: 'A record cannot be merged into itself' },
  merge_cycle: { status: 422, title: 'The records are merged the other way round' },
  merge_too_large: { status: 422, title: 'Together the records have too many entries' },
  merge_chain_too_long: { status: 422, title: 'The records merged into one another form too long a chain' },
  merge_undone: { status: 409, title: 'The merge was undone already' },
  merge_built_upon: { status: 409, title: 'A later merge builds upon this one' },
  patient_inactive: { status: 422, title: 'The patient is inactive' },
  practitioner_unknown: { status: 422, title: 'No such practitioner' },
  room_unknown: { status: 422, title: 'No such room' },
  type_unknown: { status: 422, title: 'No such appointment type' },
  appointments_affected: { status: 409, title: 'Booked appointments would lose their time' },
  precondition_required: { status: 428, title: 'If-Match is required' },
  too_many_requests: { status: 429, title: 'Too many requests' },
  headers_too_large: { status: 431, title: 'The headers are too large' },
  internal_error: { status: 500, title: 'Something failed on our side' },
  unavailable: { status: 503, title: 'Try again shortly' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof problems;

/** What is wrong with one part of a request; `path` is a JSON path such as `name.0.family`, or a header's name. */
export interface FieldError {
  path: string;
  message: string;
}
