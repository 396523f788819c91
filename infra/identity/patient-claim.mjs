/**
 * Before Cognito signs a token: who has the attribute `custom:patient_id` gets an access token that is that patient's
 * own. Runs as a function of its own, without packages. The event is version 2.0:
 * https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
 */
export async function handler(event) {
  const patientId = event.request.userAttributes['custom:patient_id'];
  if (patientId)
    event.response.claimsAndScopeOverrideDetails = {
      accessTokenGeneration: { claimsToAddOrOverride: { patient_id: patientId } },
    };
  return event;
}
