// What stands in for Stripe.js: one card element, and the call that makes a payment method of it. What the
// payer types stays in the frame: the page is told of its state, and gets the payment method.

const script = document.currentScript;
// The simulator's root; the script is at `v3/`, `v3` or `<release>/stripe.js` below it.
const source = new URL(script.src);
const release = /([^/]+)\/stripe\.js$/.exec(source.pathname)?.[1] ?? 3;
const ROOT = new URL(source.pathname.replace(/(?:v3\/?|[^/]+\/stripe\.js)$/, ''), source.origin);

class IntegrationError extends Error {
  name = 'IntegrationError';
}

const fail = message => { throw new IntegrationError(message); };
// Options without what cannot be sent.
const plain = options => JSON.parse(JSON.stringify(options));
const GONE = 'We could not retrieve data from the specified Element.\nPlease make sure the Element you are attempting to use is still mounted.';

// The state of an element, and the class that the container has in it.
const CLASSES = {
  base: 'StripeElement',
  complete: 'StripeElement--complete',
  empty: 'StripeElement--empty',
  focus: 'StripeElement--focus',
  invalid: 'StripeElement--invalid',
  webkitAutofill: 'StripeElement--webkit-autofill',
};
const FRAME_STYLE = 'border:0;margin:0;padding:0;width:1px;min-width:100%;display:block;overflow:hidden;height:1.2em;user-select:none;transform:translate(0);color-scheme:light only';

let frames = 0;
let calls = 0;

class CardElement {
  #key;
  #options;
  #forget;
  #handlers = new Map();
  #mounted = null;
  #destroyed = false;

  constructor(key, options, forget) {
    this.#key = key;
    this.#options = options;
    this.#forget = forget;
  }

  // Makes a payment method of what stands in the frame.
  static pay(element, pairs) {
    const mounted = element.#mounted;
    if (!mounted?.frame.isConnected) return Promise.reject(new IntegrationError(GONE));
    return new Promise((resolve, reject) => {
      mounted.calls.set(++calls, { resolve, reject });
      mounted.port.postMessage({ do: 'pay', id: calls, pairs });
    });
  }

  mount(target) {
    this.#alive();
    const container = typeof target === 'string' ? document.querySelector(target) : target;
    if (typeof target === 'string' && !container) {
      fail(`The selector you specified (${target}) applies to no DOM elements that are currently on the page.\nMake sure the element exists on the page before calling mount().`);
    }
    if (!(container instanceof Element)) fail('Invalid DOM element. Make sure to call mount() with a valid DOM element or selector.');
    if (this.#mounted?.frame.isConnected) {
      if (this.#mounted.container === container) return;
      fail('This Element is already mounted. Use `unmount()` to unmount the Element before re-mounting.');
    }
    this.unmount();
    const frame = this.#frame();
    const wrapper = document.createElement('div');
    wrapper.className = '__PrivateStripeElement';
    wrapper.append(frame);
    container.replaceChildren(wrapper);
    const unlabel = new AbortController();
    for (const label of container.id ? document.querySelectorAll('label') : []) {
      if (label.htmlFor === container.id) label.addEventListener('click', () => this.focus(), { signal: unlabel.signal });
    }
    this.#mounted = { container, frame, wrapper, unlabel, calls: new Map() };
    this.#connect();
  }

  // A channel to the frame. What is sent before the frame is there waits in it.
  #connect() {
    const mounted = this.#mounted;
    this.#giveUp(mounted);
    const { port1, port2 } = new MessageChannel();
    mounted.port = port1;
    mounted.other = port2;
    port1.onmessage = ({ data }) => this.#heard(data);
    this.#show({ empty: true });
  }

  // Nobody will answer the open calls any more.
  #giveUp({ port, calls: open }) {
    port?.close();
    for (const { reject } of open.values()) reject(new IntegrationError(GONE));
    open.clear();
  }

  // The frame's end is handed to nobody but the simulator's own page, which knows its page by the nonce.
  #frame() {
    const frame = document.createElement('iframe');
    const nonce = Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('');
    const page = new URL('v3/elements-inner-card.html', ROOT);
    page.searchParams.set('key', this.#key);
    page.hash = new URLSearchParams({ nonce, origin: window.origin });
    Object.assign(frame, { name: `__privateStripeFrame${++frames}`, title: 'Secure card payment input frame', scrolling: 'no', src: page.href });
    frame.setAttribute('frameborder', '0');
    frame.style.cssText = FRAME_STYLE;
    frame.addEventListener('load', () => {
      if (this.#mounted?.frame !== frame) return;
      // A frame that is moved in its page loads again, and has forgotten everything.
      if (!this.#mounted.other) this.#connect();
      frame.contentWindow.postMessage({ nonce, options: plain(this.#options) }, ROOT.origin, [this.#mounted.other]);
      this.#mounted.other = null;
    });
    return frame;
  }

  unmount() {
    this.#alive();
    if (!this.#mounted) return;
    const { container, wrapper, unlabel } = this.#mounted;
    this.#giveUp(this.#mounted);
    this.#mounted = null;
    unlabel.abort();
    wrapper.remove();
    container.classList.remove(...Object.keys(CLASSES).flatMap(name => this.#words(name)));
  }

  destroy() {
    this.unmount();
    this.#destroyed = true;
    this.#forget();
  }

  update(options = {}) {
    this.#alive();
    Object.assign(this.#options, options);
    this.#tell('update', { options: plain(options) });
  }

  clear() {
    this.#tell('clear');
  }

  focus() {
    this.#mounted?.frame.focus();
    this.#tell('focus');
  }

  blur() {
    this.#tell('blur');
  }

  on(event, handler) {
    return this.#listen(event, handler, false);
  }

  once(event, handler) {
    return this.#listen(event, handler, true);
  }

  // Without a handler all of the event's are taken off.
  off(event, handler) {
    const kept = handler ? (this.#handlers.get(event) ?? []).filter(entry => entry.handler !== handler) : [];
    this.#handlers.set(event, kept);
    return this;
  }

  addEventListener(event, handler) {
    return this.on(event, handler);
  }

  removeEventListener(event, handler) {
    return this.off(event, handler);
  }

  #listen(event, handler, once) {
    this.#alive();
    if (typeof handler !== 'function') fail(`The handler of the event ${event} is not a function.`);
    this.#handlers.set(event, [...(this.#handlers.get(event) ?? []), { handler, once }]);
    return this;
  }

  #alive() {
    if (this.#destroyed) fail('This Element has already been destroyed. Please create a new one.');
  }

  #tell(what, more = {}) {
    this.#alive();
    this.#mounted?.port.postMessage({ do: what, ...more });
  }

  #heard({ event, detail = {}, state, id, result, height }) {
    const mounted = this.#mounted;
    if (!mounted) return;
    if (state) this.#show(state);
    if (event === 'result') {
      mounted.calls.get(id)?.resolve(result);
      mounted.calls.delete(id);
    } else if (event === 'size') {
      mounted.frame.style.height = `${height}px`;
    } else if (event === 'submit') {
      // Enter in a field submits the form that it stands in, wherever that field is.
      mounted.container.closest('form')?.requestSubmit();
    } else {
      this.#emit(event, { elementType: 'card', ...detail });
    }
  }

  #emit(event, detail) {
    for (const entry of this.#handlers.get(event) ?? []) {
      if (entry.once) this.#handlers.set(event, this.#handlers.get(event).filter(other => other !== entry));
      try {
        entry.handler(detail);
      } catch (error) {
        reportError(error);
      }
    }
  }

  #words(name) {
    return (this.#options.classes?.[name] ?? CLASSES[name]).split(/\s+/).filter(Boolean);
  }

  #show(state) {
    const { classList } = this.#mounted.container;
    for (const name of Object.keys(CLASSES)) {
      for (const word of this.#words(name)) classList.toggle(word, name === 'base' || Boolean(state[name]));
    }
  }
}

class Elements {
  #key;
  #card = null;

  constructor(key) {
    this.#key = key;
  }

  create(type, options = {}) {
    if (type !== 'card') fail(`This simulator has no Element ${type}: it has card alone.`);
    if (this.#card) fail('Can only create one Element of type card.');
    this.#card = new CardElement(this.#key, { ...options }, () => { this.#card = null; });
    return this.#card;
  }

  getElement(type) {
    // Components that wrap an element name it so.
    return (type?.__elementType ?? type) === 'card' ? this.#card : null;
  }
}

// A form's pairs: {a: {b: 1}} is a[b]=1. What is missing is not sent.
function pairs(value, name = '') {
  if (value === null || value === undefined) return [];
  if (typeof value !== 'object') return [[name, String(value)]];
  return Object.entries(value).flatMap(([key, inner]) => pairs(inner, name ? `${name}[${key}]` : key));
}

// Both forms of the call: (data), and the older (type, element, data).
function called(first, second, third) {
  if (typeof first !== 'string') return { ...first };
  return second instanceof CardElement ? { ...third, type: first, card: second } : { ...second, type: first };
}

// Exists at Stripe and not here: whoever calls it is told so.
const LEFT_OUT = ['confirmCardPayment', 'confirmCardSetup', 'confirmPayment', 'confirmSetup', 'createConfirmationToken', 'createSource', 'createToken', 'handleCardAction', 'handleNextAction', 'paymentRequest', 'redirectToCheckout', 'retrievePaymentIntent', 'retrieveSetupIntent'];

class StripeObject {
  #key;
  #common;

  constructor(key, { apiVersion, stripeAccount } = {}) {
    this.#key = key;
    this.#common = pairs({ payment_user_agent: 'provkassa/v3', key, _stripe_account: stripeAccount, _stripe_version: apiVersion });
    for (const name of LEFT_OUT) {
      this[name] = () => fail(`This simulator does not have stripe.${name}(): it has createPaymentMethod() alone.`);
    }
  }

  elements() {
    return new Elements(this.#key);
  }

  async createPaymentMethod(...given) {
    const { type, card, ...data } = called(...given);
    if (type !== 'card') fail(`This simulator makes no payment method of type ${type}: it makes card alone.`);
    const sent = [...pairs({ type, ...data }), ...this.#common];
    if (card instanceof CardElement) return CardElement.pay(card, sent);
    if (typeof card?.token !== 'string') fail('Invalid value for createPaymentMethod: card should be an Element or an object with a token.');
    return call(ROOT, [...sent, ['card[token]', card.token]]);
  }

  // Wrappers of the script tell their names; nobody asks for them here.
  registerAppInfo() {}
  _registerWrapper() {}
}

function Stripe(key, options) {
  if (typeof key !== 'string') fail('Missing value for Stripe(): apiKey should be a string.');
  if (key === '') fail('Please call Stripe() with your publishable key. You used an empty string.');
  if (/^[sr]k_/.test(key)) fail('You should not use your secret key with Stripe.js.\nPlease pass a publishable key instead.');
  if (!/^pk_(?:test|live)_/.test(key)) fail('Invalid value for Stripe(): apiKey should be a publishable key, which begins with pk_.');
  if (key.startsWith('pk_live_') && location.protocol !== 'https:') fail('Live Stripe.js integrations must use HTTPS.');
  return new StripeObject(key, options);
}

Stripe.version = release;
window.Stripe = Stripe;
