import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';

/** Whether each part of what is sent is as in one of these answers. */
function fits(reply, answers) {
  if (!reply.answer) return false;
  const others = answers.map(({ answer }) => seen(answer));
  const isKnown = ([part, sent]) => others.some((other) => isDeepStrictEqual(sent, other[part]));
  return Object.entries(seen(reply.answer)).every(isKnown);
}

/**
 * What is sent under each name that was given, what is added, and whether the hash is of all that is sent, in its
 * order. An empty value is as good as none.
 */
function seen({ parameters }) {
  const sent = parameters.filter(([name]) => name !== 'hash');
  const digest = createHash('md5').update(sent.map(([, value]) => value).join('') + MESSAGE.md5key).digest('hex');
  const spelling = { [digest]: 'as sent', [digest.toUpperCase()]: 'as sent, in upper case' };
  const values = (pairs, wanted) =>
    pairs.filter(([name, value]) => name === wanted && value !== '').map(([, value]) => value.trim()).sort();
  const names = [...MESSAGE.parameters.map(([name]) => name), 'md5key'];
  // The shop's own version is its own affair.
  const isOwn = values(sent, 'cms').some((value) => !values(MESSAGE.parameters, 'cms').includes(value));
  const parts = Object.fromEntries(names.map((name) => [name, values(sent, name)]));
  parts.cms = values(isOwn ? MESSAGE.parameters : sent, 'cms');
  parts.added = isOwn || sent.some(([name, value]) => value !== '' && !names.includes(name));
  parts.hash = values(parameters, 'hash').map((value) => spelling[value] ?? value);
  return parts;
}
