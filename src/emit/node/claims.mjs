import { createHmac } from 'node:crypto';

const PAYER = ['email', 'firstName', 'lastName', 'contactNumber'];
const OTHERS = ['terminalID', 'amount', 'orderID', 'bankID', 'sortCode', 'accountNumber'];

/** What Fena reads in a token: how it is signed, and each claim with its type. */
function claimsOf(token, now) {
  if (!/^[\w-]+(\.[\w-]+){2}$/.test(token)) return 'no token in base64url';
  const [header, payload, signature] = token.split('.');
  const digest = createHmac('sha512', MESSAGE.secret).update(`${header}.${payload}`).digest('base64url');
  try {
    const read = (part) => JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(part, 'base64url')));
    const { alg } = read(header);
    const claims = read(payload);
    const told = (names, said) =>
      names.filter((name) => name in claims).map((name) => [name, said(name, claims[name])]);
    const same = (name, value) => JSON.stringify(value);
    return [alg, digest === signature, told(['iat', 'exp'], (name, time) => moment(name, time, now)), told(OTHERS, same), told(PAYER, payers)];
  } catch (error) {
    return `no token: ${error.message}`;
  }
}

/** A shop chooses its times itself, so only what they come to counts. */
function moment(name, time, now) {
  if (typeof time !== 'number') return JSON.stringify(time);
  const unit = time > 1e11 ? 'milliseconds' : 'seconds';
  const ahead = (time > 1e11 ? time / 1000 : time) - now;
  if (name === 'exp' && ahead > 0 && ahead <= 300) return `${unit}, later`;
  if (ahead < -300) return `${unit}, long past`;
  if (ahead <= 300) return `${unit}, now`;
  return ahead <= 86_400 ? `${unit}, later` : `${unit}, days ahead`;
}

/** What is told of the payer is what the shop knows, the beginning of a long text, or nothing. */
function payers(name, text) {
  const whole = Object.fromEntries(MESSAGE.parameters)[name] ?? '';
  const length = typeof text === 'string' ? [...text].length : Infinity;
  if (length <= 255) {
    const isCut = name !== 'email' && Buffer.byteLength(whole) > 255 && whole.startsWith(text) && text.isWellFormed() && length >= 63;
    if (text === '' || text === whole || isCut) return 'left to the shop';
  }
  return JSON.stringify(text);
}
