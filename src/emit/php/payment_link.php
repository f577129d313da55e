<?php

/** Where the link leads, and what Fena reads in the first token. */
function seen(array $answer, int $now): array
{
    [$address, $query] = explode('?', explode('#', $answer['url'])[0], 2) + ['', ''];
    $tokens = array_values(array_filter(pairs($query), fn ($pair) => $pair[0] === 'token'));
    return [preg_replace('~/$~D', '', $address), claimsOf($tokens[0][1] ?? '', $now)];
}
