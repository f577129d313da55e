import { createHash } from 'node:crypto';

/**
 * What is not sent as it was given, and whether the hash is of what is sent, in its order. An empty value is as
 * good as none.
 */
function seen({ parameters }) {
  const sent = parameters.filter(([name]) => name !== 'hash');
  const text = sent.map(([, value]) => value).join('') + MESSAGE.md5key;
  const digest = createHash('md5').update(text).digest('hex');
  const spelling = { [digest]: 'as sent', [digest.toUpperCase()]: 'as sent, in upper case' };
  const filled = (pairs) => pairs.filter(([, value]) => value !== '').map(([name, value]) => JSON.stringify([name, value.trim()]));
  const names = [...MESSAGE.parameters.map(([name]) => name), 'md5key'];
  let given = filled(MESSAGE.parameters);
  const isAdded = ([name], pair) => !names.includes(name) || (name === 'cms' && !given.includes(pair));
  const added = filled(sent).filter((pair) => isAdded(JSON.parse(pair), pair));
  const kept = filled(sent).filter((pair) => !added.includes(pair));
  if (added.some((pair) => JSON.parse(pair)[0] === 'cms')) given = given.filter((pair) => JSON.parse(pair)[0] !== 'cms');
  return {
    hash: parameters.filter(([name]) => name === 'hash').map(([, value]) => spelling[value] ?? value),
    missing: given.filter((pair) => !kept.includes(pair)).sort(),
    besides: kept.filter((pair) => !given.includes(pair)).sort(),
    added: added.length > 0,
  };
}
