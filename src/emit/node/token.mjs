const seen = ({ token }, now) => claimsOf(token, now);
