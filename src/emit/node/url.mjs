/** Greets the adapter, and puts the request to it. */
async function ask(message) {
  const put = async (request) => {
    const response = await fetch(ADDRESS, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
      signal: AbortSignal.timeout(15_000),
    });
    return response.json();
  };
  const { answer: hello } = await put({ id: 0, op: 'hello', protocol: 1 });
  #clock#
  return put({ id: 1, op: OPERATION, ...message });
}
