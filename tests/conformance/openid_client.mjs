// Signs in at the stand-in with the certified openid-client, and prints what it was given as JSON.
// One argument: JSON with issuer, client, secret or jwk, callback, signedOut, person, fault.
import * as openid from "openid-client";

const asked = JSON.parse(process.argv[2]);

async function authentication() {
  if (asked.method === "client_secret_post") return openid.ClientSecretPost(asked.secret);
  if (asked.method === "client_secret_basic") return openid.ClientSecretBasic(asked.secret);
  const algorithm =
    asked.jwk.kty === "EC"
      ? { name: "ECDSA", namedCurve: "P-256" }
      : { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("jwk", asked.jwk, algorithm, false, ["sign"]);
  return openid.PrivateKeyJwt({ key, kid: asked.jwk.kid });
}

async function configuration() {
  const found = await openid.discovery(new URL(asked.issuer), asked.client, {}, await authentication(), {
    execute: [openid.allowInsecureRequests],
  });
  openid.enableNonRepudiationChecks(found);
  return found;
}

// The part of a browser: no cookies, so that every sign-in meets the picker.
async function choose(address) {
  const first = await fetch(address, { redirect: "manual" });
  const login = await (await fetch(first.headers.get("location"))).text();
  const interaction = /name="interaction" value="([^"]+)"/.exec(login)[1];
  const answer = await fetch(`${asked.issuer}/authorize/decision`, {
    method: "POST",
    redirect: "manual",
    body: new URLSearchParams({ interaction, person: asked.person, fault: asked.fault ?? "" }),
  });
  return new URL(answer.headers.get("location"));
}

async function signIn(config) {
  const verifier = openid.randomPKCECodeVerifier();
  const state = openid.randomState();
  const nonce = openid.randomNonce();
  const address = await openid.buildAuthorizationUrlWithPAR(config, {
    redirect_uri: asked.callback,
    scope: "openid profile",
    acr_values: "idporten-loa-high",
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    nonce,
  });
  const tokens = await openid.authorizationCodeGrant(config, await choose(address), {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
    idTokenExpected: true,
  });
  const claims = tokens.claims();
  const userinfo = await openid.fetchUserInfo(config, tokens.access_token, claims.sub);
  const ending = openid.buildEndSessionUrl(config, {
    id_token_hint: tokens.id_token,
    post_logout_redirect_uri: asked.signedOut,
    state,
  });
  const goodbye = await fetch(ending.origin + ending.pathname, { method: "POST", body: ending.searchParams });
  return { claims, userinfo, signedOut: goodbye.status };
}

async function machineToken(config) {
  const keys = await openid.randomDPoPKeyPair("ES256");
  const DPoP = openid.getDPoPHandle(config, keys);
  const tokens = await openid.clientCredentialsGrant(config, { scope: asked.scope }, { DPoP });
  return { type: tokens.token_type, scope: tokens.scope };
}

try {
  const config = await configuration();
  console.log(JSON.stringify(await (asked.scope ? machineToken(config) : signIn(config))));
} catch (error) {
  console.log(JSON.stringify({ refused: error.code ?? error.message }));
}
