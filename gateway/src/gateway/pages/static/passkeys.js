// Passkeys between our API and the browser: what stands in the API as base64url, the browser wants as bytes.

/** Whether this page can use passkeys. They know no numbers: a page at 127.0.0.1 has none, the same page at localhost has. */
export const canUsePasskeys = () => Boolean(window.PublicKeyCredential) && !isNumber(location.hostname);

/** The address of this page by its name, where it was opened by a number; else nothing. */
export function addressByName() {
  if (!["127.0.0.1", "[::1]"].includes(location.hostname)) return null;
  const url = new URL(location.href);
  url.hostname = "localhost";
  return url.href;
}

/** Make one; `options` as the API gives them. */
export async function createPasskey(options) {
  const made = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: described(options.excludeCredentials),
    },
  });
  return plain(made, ["clientDataJSON", "attestationObject"]);
}

/** Use one. */
export async function usePasskey(options) {
  const used = await navigator.credentials.get({
    publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: described(options.allowCredentials) },
  });
  return plain(used, ["clientDataJSON", "authenticatorData", "signature", "userHandle"]);
}

/** What a person should read when the browser did not do it. */
export function passkeyTrouble(problem) {
  const said = {
    NotAllowedError: "The passkey was not used: it was cancelled, took too long, or there is none on this device.",
    InvalidStateError: "This device has a passkey of yours already.",
    SecurityError: "Passkeys cannot be used at this address.",
  };
  return said[problem.name] || problem.message || "That did not work. Please try again in a moment.";
}

const isNumber = (host) => /^[\d.]+$/.test(host) || host.startsWith("[");
const described = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

function plain(credential, names) {
  const response = {};
  for (const name of names) if (credential.response[name]) response[name] = text(credential.response[name]);
  return { id: credential.id, rawId: text(credential.rawId), type: credential.type, response };
}

function bytes(base64url) {
  const binary = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}

function text(buffer) {
  const binary = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
