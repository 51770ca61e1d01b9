// An OpenID provider on loopback: three people, one client, PKCE demanded. Arguments: port, our callback address.
// Who signs out there may be led back to our sign-in page.
import { Provider } from "oidc-provider";

const [port, callback] = process.argv.slice(-2);
const people = {
  ada: { groups: ["sre"] },
  bob: { groups: ["shop"] },
  zoe: { groups: ["strangers"] },
};

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: "mesh-graph",
      client_secret: "s3cret-of-the-client",
      redirect_uris: [callback],
      post_logout_redirect_uris: [callback.replace("/openid/return", "")],
      grant_types: ["authorization_code"],
      response_types: ["code"],
    },
  ],
  claims: { openid: ["sub"], profile: ["preferred_username", "groups"] },
  cookies: { keys: ["a key for tests"] },
  pkce: { methods: ["S256"], required: () => true },
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => ({ sub: id, preferred_username: id, ...people[id] }),
  }),
});
provider.listen(Number(port), "127.0.0.1");
