import { spawn } from 'node:child_process';

/** Starts the adapter, greets it, and puts the request to it. */
async function ask(message) {
  const adapter = spawn(COMMAND[0], COMMAND.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] });
  const put = (request) =>
    new Promise((resolve, reject) => {
      let line = '';
      adapter.on('error', reject);
      adapter.stdin.on('error', reject);
      adapter.stdout.on('end', () => reject(new Error('the adapter ended, or did not answer within 15 seconds')));
      adapter.stdout.setEncoding('utf8').on('data', (chunk) => {
        line += chunk;
        if (line.includes('\n')) resolve(JSON.parse(line.split('\n')[0]));
      });
      adapter.stdin.write(`${JSON.stringify(request)}\n`);
    });
  const patience = setTimeout(() => adapter.kill('SIGKILL'), 15_000);
  try {
    const { answer: hello } = await put({ id: 0, op: 'hello', protocol: 1 });
    #clock#
    return await put({ id: 1, op: OPERATION, ...message });
  } finally {
    clearTimeout(patience);
    adapter.kill('SIGKILL');
  }
}
