// @wecom/crypto reads and signs what our stand-in of WeCom sends.
// node wecom-callback.mjs TOKEN KEY TIMESTAMP NONCE CIPHERTEXT
import { createRequire } from 'module';
const require = createRequire(process.env.CRMBOT_VERIFIERS + '/');
const wecom = require('@wecom/crypto');
const [token, key, timestamp, nonce, sealed] = process.argv.slice(2);
const { message, id } = wecom.decrypt(key, sealed);
console.log(JSON.stringify({ message, id, signature: wecom.getSignature(token, timestamp, nonce, sealed) }));
