import assert from 'node:assert/strict';
import test from 'node:test';

test('#case#', async () => {
  const reply = await ask(MESSAGE);
  assert.ok('answer' in reply || 'rejected' in reply, `that is no answer: ${JSON.stringify(reply)}`);
  const wanted = JSON.stringify(#NAME#, null, 2);
  assert.ok(#not#fits(reply, #NAME#), `you answered ${JSON.stringify(reply)}\n#is# ${wanted}`);
});
