import { has } from '../../text/char-flags.ts';
import { featuresOf, spotIn } from '../../text/features.ts';
import { findSecrets } from '../../text/private-data.ts';
import type { Check } from '../check.ts';

const asksForPassword = /\b(?:generat|creat|random|strong|secure|new)\w*\b[^.?!\n]{0,60}\bpassword/i;

export const secret: Check = {
  code: 'D132',
  name: 'secret',
  severity: 'error',
  group: 'content',
  title: 'The text holds a key or a password.',
  prose:
    'The text holds an access token, an API key, a private key, a password in a URL, or a value with a name such as `password` or `api_key`. A model can repeat it, and every reader of the dataset can see it. Treat it as leaked: revoke it, then remove it. It is masked in everything that lorch shows. The check skips values that are plainly made up (`sk-xxxx…`, `your_key`).',
  hint: 'revoke the key, then remove it from the row',
  bad: [
    {
      text: '{"instruction":"Show the settings.","input":"","output":"client_secret: \'7c2e9d41b05f68a3d9e17b3c50f2a846\'"}',
      pointer: '/output',
    },
    {
      text: '{"instruction":"Show my settings.","input":"","output":"token: ghp_q8Z2vT4nL7xW1cR9bK3mD6fH0sJ5gP2aYeUi"}',
      pointer: '/output',
    },
    {
      text: '{"instruction":"Connect to postgres://ana:Tr0ub4dor@db.shop.net/main","input":"","output":"Connected."}',
      pointer: '/instruction',
    },
    {
      text: '{"instruction":"Connect to it.","input":"","output":"password = \\"Tr0ub4dor&3x9\\""}',
      pointer: '/output',
    },
    {
      text: '{"instruction":"Call the API.","input":"","output":"api_key: H5AckIurDssBZIBVWgd4w0URQoAqxCxe"}',
      pointer: '/output',
    },
    {
      text: '{"instruction":"Show the request.","input":"","output":"Authorization: Bearer q8Z2vT4nL7xW1cR9bK3mD6fH0sJ5gP2a"}',
      pointer: '/output',
    },
    {
      text: '{"instruction":"Show the settings.","input":"","output":"DB_USER=ana\\nDB_PASSWORD=Tr0ub4dor&3x9\\nDB_PORT=5432"}',
      pointer: '/output',
    },
  ],
  good: [
    '{"instruction":"How do I sign in?","input":"","output":"Send Authorization: Bearer YOUR_ACCESS_TOKEN_GOES_HERE, or set DB_PASSWORD=changeme first."}',
    '{"instruction":"Where does the key go?","input":"","output":"api_key = os.environ[\\"API_KEY\\"], never into the code."}',
    '{"instruction":"Where does it go?","input":"","output":"password = \\"your_password\\" in the settings."}',
    '{"instruction":"Show my settings.","input":"","output":"token: ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}',
    '{"instruction":"Where does the key go?","input":"","output":"Into sk-your_api_key_goes_here, kept out of git."}',
  ],
  run(example, report) {
    const { pieces, flags } = featuresOf(example);
    if ((flags & (has.digit | has.dash | has.at)) === 0) return;
    for (const piece of pieces) {
      if ((piece.flags & (has.digit | has.dash | has.at)) === 0) continue;
      let found = findSecrets(piece.text);
      if (found.length === 0) continue;
      // A password that the prompt asked for is not in use yet.
      if (pieces.some(({ role, text }) => role === 'user' && asksForPassword.test(text.slice(0, 2000))))
        found = found.filter(({ kind }) => kind !== 'password');
      const [first] = found;
      if (first)
        report(
          spotIn(piece, first.from),
          `The text holds ${/^[AEIOaeio]/.test(first.kind) ? 'an' : 'a'} ${first.kind}.`,
          {
            data: { kind: first.kind, count: found.length },
          },
        );
    }
  },
};
