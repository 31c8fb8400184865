/** How the OpenAPI document says who may ask the debug routes. */

export const DEBUG_SCHEME = 'debugToken';

export const debugSecurity = {
  description:
    'For operators: from the machine itself (through its loopback address, without a proxy in between), or with `Authorization: Bearer` and the DEBUG_TOKEN. Everybody else gets 404 `NOT_FOUND`, as at any address that does not exist.',
  // Either: nothing besides the loopback address, or the token (OpenAPI 3.1, "Security Requirement Object").
  security: [{}, { [DEBUG_SCHEME]: [] }],
};
