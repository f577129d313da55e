/** The case of the scheme does not matter, nor do blanks around the parts. */
function seen({ authorization, accept_version }) {
  const trimmed = (text) => text.replace(/^[ \t]+|[ \t]+$/g, '');
  const [, scheme, credentials] = /^([^ ]*) *(.*)$/s.exec(trimmed(authorization));
  return [scheme.toLowerCase(), credentials, trimmed(accept_version)];
}
