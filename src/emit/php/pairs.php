<?php

/** The names and values of a query, decoded; PHP itself would change the names. */
function pairs(string $query): array
{
    $pairs = array_map(fn ($pair) => explode('=', $pair, 2) + ['', ''], explode('&', $query));
    return array_map(fn ($pair) => array_map('urldecode', $pair), $pairs);
}
