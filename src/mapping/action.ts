/** ACT codes of a negative Map-Reply (RFC 9301 §5.4), also used as Map-Cache actions by the engine. */
export const ACTION_NO_ACTION = 0;
export const ACTION_NATIVELY_FORWARD = 1;
export const ACTION_SEND_MAP_REQUEST = 2;
export const ACTION_DROP_NO_REASON = 3;
export const ACTION_DROP_POLICY_DENIED = 4;
export const ACTION_DROP_AUTH_FAILURE = 5;

/** 0..7; 6 and 7 are unassigned and drop. */
export type Action = number;

const NAMES = [
  'no-action',
  'natively-forward',
  'send-map-request',
  'drop',
  'drop-policy-denied',
  'drop-auth-failure',
] as const;

export function actionName(action: Action): string {
  return NAMES[action] ?? `unassigned-${action}`;
}
