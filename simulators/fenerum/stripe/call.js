// Calls the endpoint with a form's pairs: what it made, or why it did not; never both.
async function call(root, pairs) {
  let answer;
  try {
    const response = await fetch(new URL('v1/payment_methods', root), { method: 'POST', body: new URLSearchParams(pairs) });
    answer = await response.json();
  } catch {
    const message = 'We are experiencing issues connecting to our payments provider. Please check your internet connection and try again.';
    return { error: { type: 'api_connection_error', message } };
  }
  return answer.error ? { error: answer.error } : { paymentMethod: answer };
}
