// The payment window from a shop's page: new PaymentWindow({ merchantnumber: …, … }).open(), or .append('element').
// The parameters are posted in the order of the object's keys, which is the order of their hash.
(function () {
  'use strict';
  var own = document.currentScript && document.currentScript.src;
  var page = new URL('Default.aspx', own || document.baseURI).href;
  var count = 0;

  function PaymentWindow(parameters) {
    this.parameters = parameters || {};
    this.handlers = {};
  }

  // What happens in a window: 'completed' and 'close'.
  PaymentWindow.prototype.on = function (event, handler) {
    (this.handlers[event] = this.handlers[event] || []).push(handler);
    return this;
  };

  PaymentWindow.prototype.state = function () {
    return String(this.parameters.windowstate || 1);
  };

  PaymentWindow.prototype.post = function (target) {
    var form = document.createElement('form');
    form.method = 'post';
    form.action = page;
    form.target = target;
    form.acceptCharset = 'UTF-8';
    form.hidden = true;
    Object.keys(this.parameters).forEach(function (name) {
      var input = document.createElement('input');
      input.type = 'hidden';
      input.name = name;
      input.value = this.parameters[name] === null || this.parameters[name] === undefined ? '' : this.parameters[name];
      form.appendChild(input);
    }, this);
    document.body.appendChild(form);
    form.submit();
    form.remove();
  };

  PaymentWindow.prototype.frame = function (width, height) {
    var frame = document.createElement('iframe');
    frame.name = 'epay-window-' + (count += 1);
    frame.title = 'Bambora ePay';
    frame.style.cssText = 'border:0;background:#fff;max-width:100%';
    frame.style.width = width;
    frame.style.height = height;
    return frame;
  };

  // Listens to what the pages in the frame tell.
  PaymentWindow.prototype.follow = function (frame, close) {
    var self = this, origin = new URL(page).origin, listens = true;
    this.isOpen = false;
    window.addEventListener('message', function (event) {
      if (!listens || event.origin !== origin || event.source !== frame.contentWindow || !event.data) return;
      var what = event.data.epay, location = event.data.location;
      if (what === 'open') self.isOpen = true;
      if (what === 'completed' || what === 'close' || what === 'ended') self.isOpen = false;
      if (what !== 'completed' && what !== 'close') return;
      if (what === 'close') { listens = false; close(); }
      self.fire(what, location);
      if (location) window.location.href = location;
    });
  };

  PaymentWindow.prototype.fire = function (event, location) {
    (this.handlers[event] || []).forEach(function (handler) { handler(location); });
  };

  PaymentWindow.prototype.open = function () {
    if (this.state() !== '1') { this.post('_top'); return; }
    var self = this, overlay = document.createElement('div'), close = document.createElement('button');
    overlay.setAttribute('role', 'dialog');
    overlay.setAttribute('aria-modal', 'true');
    overlay.setAttribute('aria-label', 'Bambora ePay');
    overlay.dataset.epayOverlay = '';
    var opacity = Number(this.parameters.opacity);
    overlay.style.cssText = 'position:fixed;inset:0;z-index:2147483647;display:flex;align-items:center;justify-content:center';
    overlay.style.background = 'rgba(0,0,0,' + (opacity > 0 && opacity <= 100 ? opacity / 100 : 0.6) + ')';
    close.type = 'button';
    close.textContent = '\u00d7';
    close.setAttribute('aria-label', 'Close');
    close.style.cssText = 'position:absolute;top:12px;right:16px;width:40px;height:40px;font-size:24px;border:0;border-radius:20px;cursor:pointer';
    var frame = this.frame('520px', 'min(760px, 92vh)');
    var before = document.activeElement;
    var remove = function () { overlay.remove(); if (before && before.focus) before.focus(); };
    close.onclick = function () {
      // The window itself cancels, where it has anything to cancel.
      if (self.isOpen) { frame.contentWindow.postMessage('epay:cancel', new URL(page).origin); return; }
      remove();
      self.fire('close', '');
    };
    overlay.onkeydown = function (event) { if (event.key === 'Escape') close.click(); };
    overlay.append(frame, close);
    document.body.appendChild(overlay);
    this.follow(frame, remove);
    this.post(frame.name);
    close.focus();
  };

  PaymentWindow.prototype.append = function (id) {
    var place = typeof id === 'string' ? document.getElementById(id) : id;
    if (!place) throw new Error('PaymentWindow: there is no element ' + id);
    var size = function (value, usual) { return /^\d+$/.test(value) ? value + 'px' : usual; };
    var frame = this.frame(size(this.parameters.iframewidth, '100%'), size(this.parameters.iframeheight, '700px'));
    place.appendChild(frame);
    this.follow(frame, function () { frame.remove(); });
    this.post(frame.name);
  };

  window.PaymentWindow = PaymentWindow;
  if (typeof window.PaymentWindowReady === 'function') window.PaymentWindowReady();
})();
